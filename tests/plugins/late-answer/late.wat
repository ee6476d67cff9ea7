  (func (export "wigwag:plugin/on-signal@0.1.0#decide") (type $decide) (local $i i64)
    (if (i32.ne (local.get 8) (i32.const 10)) (then (return (call $rewrite (i32.const 1)))))
    ;; Minutes, on any machine.
    (loop $more (br_if $more (i64.ne (local.tee $i (i64.add (local.get $i) (i64.const 1))) (i64.const 1000000000000))))
    (call $rewrite (i32.const 2)))
