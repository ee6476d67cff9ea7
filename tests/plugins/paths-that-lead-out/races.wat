  (import "wigwag:plugin/log@0.1.0" "log" (func $log (param i32 i32 i32)))
  (import "wigwag:plugin/files@0.1.0" "read" (func $read (param i32 i32 i32)))
  (data (i32.const 0) "it has read what it may")
  (data (i32.const 100000) "{directory}/granted/swap/secret\00")
  (func $attack (result i32) (local $length i32) (local $i i32) (local $seen i32)
    (loop $more
      (br_if $more (i32.load8_u (i32.add (i32.const 100000) (local.tee $length (i32.add (local.get $length) (i32.const 1)))))))
    (loop $next
      (call $read (i32.const 100000) (local.get $length) (i32.const 1024))
      (if (i32.eqz (i32.load8_u (i32.const 1024)))
        (then
          (local.set $seen (i32.const 1))
          ;; It begins with the `s` of a secret.
          (if (i32.eq (i32.load8_u (i32.load (i32.const 1028))) (i32.const 115))
            (then (call $log (i32.const 3) (i32.load (i32.const 1028)) (i32.load (i32.const 1032)))))))
      (drop (call $done))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3000))))
    (if (local.get $seen) (then (call $log (i32.const 2) (i32.const 0) (i32.const 23))))
    (call $done))
