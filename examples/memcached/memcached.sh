#!/usr/bin/env bash
# memcached for Tribunal in bash alone: registers without compare-and-set. docs/adapters.md says what each part is for.
number() { [[ $line =~ \"$1\":(-?[0-9]+) ]] && echo "${BASH_REMATCH[1]}"; }
answer() { echo "{\"id\":$id,\"outcome\":\"$1\",$2}"; }
lost() { # it may have arrived: never "failed" here, and the late answer must not pass for the next one
  answer unknown "\"error\":\"$1\""
  exec 3>&-
  connected=
}

read -r line # the opening: {"tribunal":1,"address":"10.77.0.1:11211",...}
[[ $line =~ \"address\":\"([^\"]*):([0-9]+)\" ]] && host=${BASH_REMATCH[1]} port=${BASH_REMATCH[2]}
echo '{"tribunal":1,"calls":["read","write"]}'

while read -r line; do
  id=$(number id) name=register-$(number key)
  seconds=$(printf '%d.%03d' $(($(number timeout) / 1000)) $(($(number timeout) % 1000)))
  if [ -z "$connected" ]; then
    # The time for connecting is the harness's to watch: it ends an adapter that is silent for too long.
    if ! { exec 3<>"/dev/tcp/$host/$port"; } 2>/dev/null; then
      answer failed '"error":"no connection"'
      continue
    fi
    connected=yes
  fi
  if [[ $line == *'"call":"write"'* ]]; then
    value=$(number value)
    printf 'set %s 0 0 %d\r\n%s\r\n' "$name" "${#value}" "$value" >&3
    if ! read -r -t "$seconds" said <&3; then lost "no answer"
    elif [ "$said" = $'STORED\r' ]; then answer ok '"version":null'
    else lost "it did not say STORED"
    fi
  else
    printf 'get %s\r\n' "$name" >&3
    if ! read -r -t "$seconds" said <&3; then lost "no answer"
    elif [ "$said" = $'END\r' ]; then answer ok '"value":null'
    elif [[ $said == VALUE* ]] && read -r -t "$seconds" value <&3 && read -r -t "$seconds" end <&3 && [ "$end" = $'END\r' ]; then
      answer ok "\"value\":${value%$'\r'}"
    else lost "answer cut short"
    fi
  fi
done
