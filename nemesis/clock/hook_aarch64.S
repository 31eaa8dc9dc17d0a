// The hook that stands in a process's private copy of the vDSO (arm64): __kernel_clock_gettime and
// __kernel_gettimeofday branch here; see hook_x86_64.S, whose twin it is, and hook_data.h for the data.

        .set    record_size, 200
        .set    slot_size, 40

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
slots:          .byte 0, 2, 255, 255, 3, 0, 2, 4, 255, 255, 255, 1

// int clock_gettime(clockid_t clock w0, timespec* answer x1)
        .balign 16
tribunal_hook_clock_gettime:
        stp     x29, x30, [sp, #-32]!
        mov     x29, sp
        stp     x0, x1, [sp, #16]
        bl      tribunal_hook_trampoline
        ldp     x9, x1, [sp, #16]
        ldp     x29, x30, [sp], #32
        cbnz    w0, .Lreturn
        cmp     w9, #11
        b.hi    .Lreturn
        adr     x10, slots
        ldrb    w9, [x10, w9, uxtw]
        cmp     w9, #255
        b.eq    .Lreturn
        adr     x10, counting
        ldrb    w11, [x10]
        cbnz    w11, .Lcount
.Lmove:
        mov     w10, #slot_size
        mul     w9, w9, w10
        ldp     x10, x11, [x1]
        mov     x12, #0xca00
        movk    x12, #0x3b9a, lsl #16           // x12: 1000000000
        madd    x10, x10, x12, x11              // x10: the true time, ns
        adr     x16, generation
.Lread_record:
        ldarb   w13, [x16]
        and     w14, w13, #1
        mov     w15, #record_size
        madd    w14, w14, w15, w9
        adr     x15, records
        add     x14, x15, w14, uxtw             // x14: the slot
        ldp     x2, x3, [x14]                   // offset, slope
        ldp     x4, x5, [x14, #16]              // since, delta
        ldr     x6, [x14, #32]                  // period
        dmb     ishld
        ldrb    w15, [x16]
        cmp     w15, w13                        // replaced meanwhile: it may have been half of each
        b.ne    .Lread_record
        sub     x4, x10, x4                     // x4: time in force
        mul     x7, x4, x3
        smulh   x8, x4, x3
        extr    x7, x8, x7, #32
        add     x7, x7, x2
        add     x7, x7, x10                     // x7: the moved time
        cbz     x6, .Lunchanged
        sdiv    x4, x4, x6
        tbz     x4, #0, .Lunchanged
        add     x7, x7, x5
.Lunchanged:
        sdiv    x8, x7, x12
        msub    x9, x8, x12, x7
        tbz     x9, #63, .Lstore
        add     x9, x9, x12
        sub     x8, x8, #1
.Lstore:
        stp     x8, x9, [x1]
        mov     w0, #0
.Lreturn:
        ret

// 1: wanted, but the page is not writable yet, so the process makes it so itself; 2: counting.
.Lcount:
        cmp     w11, #2
        b.eq    .Lincrement
        mov     x12, x1
        adr     x13, image
        ldp     x0, x1, [x13]
        mov     w2, #7                          // read, write, execute
        mov     x8, #226                        // mprotect
        svc     #0
        mov     x1, x12
        cbnz    x0, .Lnot_counted
        mov     w11, #2
        strb    w11, [x10]
.Lincrement:
        adr     x13, counters
        cmp     w9, #2                          // the first slot of a monotonic clock
        b.lo    .Ladd
        add     x13, x13, #8
.Ladd:
        ldr     x11, [x13]
        add     x11, x11, #1
        str     x11, [x13]
.Lnot_counted:
        b       .Lmove

// int gettimeofday(timeval* answer x0, timezone* zone x1)
        .balign 16
tribunal_hook_gettimeofday:
        stp     x29, x30, [sp, #-48]!
        mov     x29, sp
        str     x0, [sp, #32]
        cbz     x1, .Lno_zone
        mov     x0, #0
        mov     x8, #169                        // gettimeofday, which knows the zone
        svc     #0
.Lno_zone:
        ldr     x0, [sp, #32]
        cbz     x0, .Lno_answer
        mov     w0, #0                          // CLOCK_REALTIME
        add     x1, sp, #16
        bl      tribunal_hook_clock_gettime
        ldp     x8, x9, [sp, #16]
        mov     x10, #1000
        udiv    x9, x9, x10
        ldr     x0, [sp, #32]
        stp     x8, x9, [x0]
.Lno_answer:
        ldp     x29, x30, [sp], #48
        mov     w0, #0
        ret

// This machine's vDSO has no time(); the name keeps the table of entries the same.
tribunal_hook_time:
        ret

// As it is here it asks the kernel; patching puts the original's first instruction and a branch behind
// it in its place, so that the fast way stays.
        .balign 16
tribunal_hook_trampoline:
        mov     x8, #113                        // clock_gettime
        svc     #0
        ret
        .fill   5, 4, 0xd4200000
tribunal_hook_end:
        .section .note.GNU-stack, "", %progbits
