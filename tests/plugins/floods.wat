  (import "wigwag:plugin/log@0.1.0" "log" (func $log (param i32 i32 i32)))
  (data (i32.const 0) "a line")
  (func $attack (result i32) (local $i i32)
    (loop $more
      (call $log (i32.const 2) (i32.const 0) (i32.const 6))
      (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 50000))))
    (call $done))
