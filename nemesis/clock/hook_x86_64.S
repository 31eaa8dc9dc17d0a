// The hook that stands in a process's private copy of the vDSO (x86-64): __vdso_clock_gettime,
// __vdso_gettimeofday and __vdso_time jump here. It asks the true clock through the trampoline, then
// moves the answer as the current record says. Position independent; it lies wholly in code that the
// process may run but, at first, not write. The data part is struct HookData of hook_data.h.

        .set    record_size, 200
        .set    slot_size, 40
        .set    slot_offset, 0
        .set    slot_slope, 8
        .set    slot_since, 16
        .set    slot_delta, 24
        .set    slot_period, 32

        .section .rodata
        .balign 64
        .globl  tribunal_hook_begin, tribunal_hook_end, tribunal_hook_clock_gettime
        .globl  tribunal_hook_gettimeofday, tribunal_hook_time, tribunal_hook_trampoline
tribunal_hook_begin:
magic:          .ascii "TRIBCLK1"
generation:     .byte 0
counting:       .byte 0
                .fill 6, 1, 0
image:          .quad 0
image_length:   .quad 0
counters:       .quad 0, 0
originals:      .fill 3 * 16, 1, 0
records:        .fill 2 * record_size, 1, 0
// Which slot of a record moves which clock, by its number; 255: none (a clock of CPU time).
slots:          .byte 0, 2, 255, 255, 3, 0, 2, 4, 255, 255, 255, 1

// int clock_gettime(clockid_t clock %edi, timespec* answer %rsi)
        .balign 16
tribunal_hook_clock_gettime:
        push    %rdi
        push    %rsi
        sub     $8, %rsp
        call    tribunal_hook_trampoline
        add     $8, %rsp
        pop     %rsi
        pop     %rdi
        test    %eax, %eax
        jnz     .Lreturn
        cmp     $11, %edi
        ja      .Lreturn
        mov     %edi, %edi
        lea     slots(%rip), %rax
        movzbl  (%rax, %rdi), %edi
        xor     %eax, %eax
        cmp     $255, %edi
        je      .Lreturn
        cmpb    $0, counting(%rip)
        jne     .Lcount
.Lmove:
        imul    $slot_size, %edi, %edi
        imul    $1000000000, (%rsi), %r10
        add     8(%rsi), %r10                   // r10: the true time, ns
.Lread_record:
        movzbl  generation(%rip), %r8d
        mov     %r8d, %ecx
        and     $1, %ecx
        imul    $record_size, %ecx, %ecx
        add     %edi, %ecx
        lea     records(%rip), %r9
        add     %rcx, %r9                       // r9: the slot
        mov     %r10, %r11
        sub     slot_since(%r9), %r11           // r11: time in force
        mov     %r11, %rax
        imulq   slot_slope(%r9)
        shrd    $32, %rdx, %rax
        add     slot_offset(%r9), %rax
        lea     (%r10, %rax), %rcx              // rcx: the moved time
        mov     %r11, %rax
        mov     slot_period(%r9), %r11
        test    %r11, %r11
        jz      .Lunchanged
        cqo
        idiv    %r11
        test    $1, %al
        jz      .Lunchanged
        add     slot_delta(%r9), %rcx
.Lunchanged:
        cmp     generation(%rip), %r8b          // replaced meanwhile: it may have been half of each
        jne     .Lread_record
        mov     %rcx, %rax
        mov     $1000000000, %ecx
        cqo
        idiv    %rcx
        test    %rdx, %rdx
        jns     .Lstore
        add     %rcx, %rdx
        dec     %rax
.Lstore:
        mov     %rax, (%rsi)
        mov     %rdx, 8(%rsi)
        xor     %eax, %eax
.Lreturn:
        ret

// 1: wanted, but the page is not writable yet, so the process makes it so itself; 2: counting.
.Lcount:
        cmpb    $2, counting(%rip)
        je      .Lincrement
        push    %rdi
        push    %rsi
        mov     image(%rip), %rdi
        mov     image_length(%rip), %rsi
        mov     $7, %edx                        // read, write, execute
        mov     $10, %eax                       // mprotect
        syscall
        pop     %rsi
        pop     %rdi
        test    %eax, %eax
        jnz     .Lmove
        movb    $2, counting(%rip)
.Lincrement:
        cmp     $2, %edi                        // the first slot of a monotonic clock
        jae     .Lmonotonic
        incq    counters(%rip)
        jmp     .Lmove
.Lmonotonic:
        incq    counters + 8(%rip)
        jmp     .Lmove

// int gettimeofday(timeval* answer %rdi, timezone* zone %rsi)
        .balign 16
tribunal_hook_gettimeofday:
        push    %rdi
        sub     $16, %rsp
        test    %rsi, %rsi
        jz      .Lno_zone
        xor     %edi, %edi
        mov     $96, %eax                       // gettimeofday, which knows the zone
        syscall
.Lno_zone:
        cmpq    $0, 16(%rsp)
        je      .Lno_answer
        xor     %edi, %edi                      // CLOCK_REALTIME
        mov     %rsp, %rsi
        call    tribunal_hook_clock_gettime
        mov     (%rsp), %r8
        mov     8(%rsp), %rax
        xor     %edx, %edx
        mov     $1000, %ecx
        div     %rcx
        mov     16(%rsp), %rdi
        mov     %r8, (%rdi)
        mov     %rax, 8(%rdi)
.Lno_answer:
        add     $24, %rsp
        xor     %eax, %eax
        ret

// time_t time(time_t* answer %rdi)
        .balign 16
tribunal_hook_time:
        push    %rdi
        sub     $16, %rsp
        mov     $5, %edi                        // CLOCK_REALTIME_COARSE, as the original has it
        mov     %rsp, %rsi
        call    tribunal_hook_clock_gettime
        mov     (%rsp), %rax
        add     $16, %rsp
        pop     %rdi
        test    %rdi, %rdi
        jz      .Lno_place
        mov     %rax, (%rdi)
.Lno_place:
        ret

// As it is here it asks the kernel; patching puts the original's first instructions and a jump behind
// them in its place, so that the fast way stays.
        .balign 16
tribunal_hook_trampoline:
        mov     $228, %eax                      // clock_gettime
        syscall
        ret
        .fill   56, 1, 0xcc
tribunal_hook_end:
        .section .note.GNU-stack, "", @progbits
