  (import "wigwag:plugin/run@0.1.0" "run" (func $run (param i32 i32 i32 i32 i32 i64 i32)))
  (data (i32.const 0) "it")
  (func $attack (result i32)
    (loop $more
      (call $run (i32.const 0) (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 1024))
      (drop (call $done))
      (br $more))
    unreachable)
