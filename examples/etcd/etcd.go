// etcd for Tribunal, by its JSON gateway: registers with compare-and-set. What each part is for: docs/adapters.md
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

type object = map[string]interface{}
type call struct {
	Id, Key, Value, From, To, Timeout int64
	Call                              string
}

var client = http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // so that it sends nothing again

func text(name string, number int64) []byte { return []byte(fmt.Sprint(name, number)) }

func carryOut(c call, address string) object {
	key, path, request := text("register-", c.Key), "range", object{"key": text("register-", c.Key)}
	if c.Call == "write" {
		path, request = "put", object{"key": key, "value": text("", c.Value)}
	} else if c.Call == "cas" {
		path, request = "txn", object{"compare": []object{{"key": key, "target": "VALUE", "value": text("", c.From)}},
			"success": []object{{"requestPut": object{"key": key, "value": text("", c.To)}}}}
	}
	body, _ := json.Marshal(request)
	client.Timeout = time.Duration(c.Timeout) * time.Millisecond
	response, err := client.Post("http://"+address+"/v3/kv/"+path, "", bytes.NewReader(body))
	if err != nil && strings.Contains(err.Error(), "dial tcp") { // no connection, so nothing was sent
		return object{"id": c.Id, "outcome": "failed", "error": err.Error()}
	} else if err != nil { // it may have arrived: never say failed here
		return object{"id": c.Id, "outcome": "unknown", "error": err.Error()}
	}
	defer response.Body.Close()
	var answer struct{ Kvs, Responses []struct{ Value []byte } }
	if err = json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != 200 {
		return object{"id": c.Id, "outcome": "unknown", "error": response.Status}
	} else if c.Call == "cas" && len(answer.Responses) == 0 { // of its put
		return object{"id": c.Id, "outcome": "failed", "error": "value did not match"}
	} else if c.Call == "read" && len(answer.Kvs) > 0 {
		return object{"id": c.Id, "outcome": "ok", "value": json.Number(answer.Kvs[0].Value)}
	}
	return object{"id": c.Id, "outcome": "ok", "value": nil}
}

func main() {
	var opening struct{ Address string }
	lines, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	lines.Decode(&opening)
	out.Encode(object{"tribunal": 1, "calls": []string{"read", "write", "cas"}})
	for c := (call{}); lines.Decode(&c) == nil; c = (call{}) {
		out.Encode(carryOut(c, opening.Address))
	}
}
