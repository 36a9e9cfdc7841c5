import Testing

/// Learning rate schedules from Lua.
@Suite struct SchedulerTests {
    private static let setting = "local opt = optim.SGD(nn.Linear(2, 1):parameters(), {lr=1})\nlocal lr = optim.lr_scheduler\n"

    static let table: [(String, String)] = [
        ("local s = lr.StepLR(opt, {step_size=2, gamma=0.5}) print(table.concat(s:preview(4), \" \"), opt.lr)", "1.0 1.0 0.5 0.5 0.25\t1.0"),
        ("local s = lr.MultiStepLR(opt, {1, 3}, 0.5) for i = 1, 3 do s:step() end print(opt.lr, s.last_epoch, s:get_last_lr()[1], s.base_lrs[1])", "0.25\t3\t0.25\t1.0"),
        ("local seen = {} lr.LambdaLR(opt, function(n) seen[#seen + 1] = n return 1 / (n + 1) end):step() print(opt.lr, table.concat(seen, \" \"))", "0.5\t0 1"),
        ("local s = lr.ReduceLROnPlateau(opt, {patience=0, factor=0.5}) s:step(1) s:step(tensor(1)) print(opt.lr)", "0.5"),
        ("local s = lr.SequentialLR(opt, {lr.LinearLR(opt, 0.5, 1, 2), lr.ExponentialLR(opt, 0.5)}, {2}) local r = s:preview(3) print(r[1], r[3], r[4])", "0.5\t1.0\t0.5"),
        ("local s = lr.StepLR(opt, 1) s:step() local t = lr.StepLR(opt, 1) t:load_state_dict(s:state_dict()) print(t.last_epoch, t.optimizer == opt)", "1\ttrue"),
        ("local s = lr.WarmupCosine(opt, {warmup=2, total=6}) print(s:preview(6)[7], s)", "0.0\tWarmupCosine: after 0 steps lr 0.3333"),
    ]

    @Test(arguments: table.indices)
    func prints(_ index: Int) throws {
        let (text, expected) = SchedulerTests.table[index]
        #expect(try printed(SchedulerTests.setting + text) == expected)
    }

    static let errors: [(String, String)] = [
        ("lr.ReduceLROnPlateau(opt):step()", "step needs the value to watch"),
        ("lr.StepLR(opt, 0)", "step_size"),
        ("lr.CosineAnnealingLR(opt, math.maxinteger)", "must be at most 1000000000"),
        ("lr.LambdaLR(opt, function() end)", "the function must return a number"),
        ("lr.OneCycleLR(opt, 0.1)", "needs total_steps"),
        ("lr.StepLR(opt, 1):load_state_dict{count=0/0}", "is no number that this schedule can have"),
        ("lr.StepLR(opt, 1):load_state_dict{steps=1}", "unknown entry 'steps'"),
    ]

    @Test(arguments: errors.indices)
    func fails(_ index: Int) throws {
        let (text, part) = SchedulerTests.errors[index]
        let message = try Script().error(SchedulerTests.setting + text) ?? "no error"
        #expect(message.contains(part), "\(message)")
    }
}
