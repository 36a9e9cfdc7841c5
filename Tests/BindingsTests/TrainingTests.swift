import LuaKit
import Testing

/// Models, training and files from Lua.
@Suite struct TrainingTests {
    private static let setting = """
        tensor.manual_seed(3)
        local x = tensor.randn(60, 4)
        local set = data.TensorDataset(x, (x:select(2, 1):gt(0)):long() + 1, {classes={"no", "yes"}})
        local model = nn.Sequential{nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)}
        local optimizer = optim.Adam(model:parameters(), {lr=0.05})
        """

    @Test func fitEqualsTheLoopByHand() throws {
        let fit = try printed(TrainingTests.setting + """

            model:fit(set, {epochs=3, batch_size=16, optimizer=optimizer, loss="cross_entropy", verbose=false})
            for _, p in ipairs(model:parameters()) do print(table.concat(p:flatten():totable(), " ")) end
            """)
        let loop = try printed(TrainingTests.setting + """

            local criterion = nn.CrossEntropyLoss()
            local loader = data.DataLoader(set, {batch_size=16, shuffle=true})
            for epoch = 1, 3 do
              for x, y in loader:iter() do
                optimizer:zero_grad()
                criterion(model(x), y):backward()
                optimizer:step()
              end
            end
            for _, p in ipairs(model:parameters()) do print(table.concat(p:flatten():totable(), " ")) end
            """)
        #expect(fit == loop)
        #expect(fit.split(separator: "\n").count == 4)
    }

    @Test func interruptsLeaveTheModelAndTheHistory() throws {
        let script = try Script(), runtime = script.session.runtime
        try runtime.install([Namespace("stop", "Stop.") { Function("stop.now", "Stops.") { call in call.runtime.interrupt() } }])
        let error = script.error(TrainingTests.setting + """

            trained, before = model, model[1].weight:clone()
            pcall(model.fit, model, set, {epochs=5, batch_size=16, optimizer=optimizer, loss="cross_entropy", callbacks={{
              on_batch_end = function(state) if state.epoch == 3 and state.batch == 2 then stop.now() end end,
              on_train_end = function(state) saved, complete = #state.history, state.is_complete end}}})
            print("not reached")
            """)
        #expect(error == "interrupted!")
        #expect(runtime.isInterrupted)
        runtime.clearInterrupt()
        let state = try script.run("return saved, complete, #trained:history().loss, trained[1].weight:equal(before)")
        #expect(state[0].int == 2 && state[2].int == 2)
        #expect(!state[1].isTrue && !state[3].isTrue)
        #expect(script.output.hasSuffix("fit was interrupted: the model keeps what it learnt and fit again goes on; model:history() has 2 whole epochs\n"))
    }

    @Test func learnsAndJudges() throws {
        let result = try Script().run(TrainingTests.setting + """

            local history = model:fit(set, {epochs=40, batch_size=16, optimizer=optimizer, loss="cross_entropy", metrics={"accuracy"}, validation=0.2, verbose=false})
            return #history, history.loss[1] > history.loss[40], #history.val_accuracy, model:evaluate(set).accuracy
            """)
        #expect(result[0].int == 40)
        #expect(result[1].isTrue)
        #expect(result[2].int == 40)
        #expect((result[3].double ?? 0) > 0.9)
    }

    @Test func ownModulesAreSavedClonedAndFound() throws {
        let script = try Script()
        try script.run("""
            local Block = nn.module("Block")
            function Block:init(dim)
              self.layers = {nn.Linear(dim, dim), nn.Linear(dim, dim)}
              self.scale = nn.Parameter(tensor.ones(1))
              self:register_buffer("seen", tensor.zeros(1))
            end
            function Block:forward(x)
              for _, layer in ipairs(self.layers) do x = x + layer(x) end
              return x * self.scale
            end
            local model = nn.Sequential{Block(3), nn.Linear(3, 1)}
            local names = {}
            for name in pairs(model:state_dict()) do names[#names + 1] = name end
            assert(table.concat(names, " ") == "0.scale 0.seen 0.layers.0.weight 0.layers.0.bias 0.layers.1.weight 0.layers.1.bias 1.weight 1.bias", table.concat(names, " "))
            local copy = model:clone()
            collectgarbage() collectgarbage()
            local x = tensor.randn(2, 3)
            assert(copy(x):equal(model(x)))
            local path = os.tmpname()
            model:save(path)
            for _, p in ipairs(copy:parameters()) do autograd.no_grad(function() p:zero_() end) end
            assert(not copy(x):equal(model(x)))
            copy:load(path)
            os.remove(path)
            assert(copy(x):equal(model(x)))
            """)
    }

    @Test func callbacksStopTheTraining() throws {
        let result = try Script().run(TrainingTests.setting + """

            local epochs = {}
            local history = model:fit(set, {epochs=9, optimizer=optimizer, loss="cross_entropy", verbose=false, callbacks={{
              on_epoch_end = function(state)
                epochs[#epochs + 1] = state.epoch
                if state.epoch == 2 then state:stop() end
              end,
            }}})
            return #history, #epochs
            """)
        #expect(result.map(\.int) == [2, 2])
    }

    /// A call of fit with these options fails before its first epoch.
    @Test(arguments: [
        ("callbacks={nn.callbacks.EarlyStopping{monitor=\"val_acuracy\"}}", "there is no value named \"val_acuracy\" to monitor; there are \"loss\". Those of a validation set need {validation=}"),
        ("callbacks={{monitor=\"nothing\", on_epoch_end=print}}", "there is no value named \"nothing\" to monitor; there are \"loss\""),
        ("callbacks={{on_epoch_ends=print}}", "Did you mean on_epoch_end?"),
        ("callbacks={nn.callbacks.LRScheduler(optim.lr_scheduler.StepLR(optim.SGD(model:parameters(), {lr=1}), 1))}", "belongs to another optimizer"),
        ("callbacks={3}", "must be a list of callbacks, got 3"),
        ("resume=\"/no/such/file\"", "/no/such/file"),
    ])
    func mistakesInCallbacks(_ options: String, _ message: String) throws {
        let script = try Script()
        let error = script.error(TrainingTests.setting + "\nmodel:fit(set, {loss=\"cross_entropy\", optimizer=optimizer, \(options)})")
        #expect(error?.contains(message) == true, "\(error ?? "no error")")
        #expect(script.output == "")
    }

    @Test func callbacksOfTheLibrary() throws {
        let result = try Script().run(TrainingTests.setting + """

            local path, seen = os.tmpname(), 0
            local early = nn.callbacks.EarlyStopping{patience=2}
            local history = model:fit(set, {epochs=200, optimizer=optimizer, loss="cross_entropy", validation=0.3, verbose=false, callbacks={
              early, nn.callbacks.ModelCheckpoint(path, {save_best_only=true, save_weights_only=true}),
              nn.callbacks.LRScheduler(function(epoch, lr) return 0.05 / epoch ^ 0.5 end),
              nn.callbacks.Lambda{on_batch_end=function(state) if state.loss then seen = seen + 1 end end},
            }})
            assert(early.stopped_epoch == #history and early.best == math.min(table.unpack(history.val_loss)) and early.best_epoch == #history - 2)
            local copy = model:clone():load(path)
            os.remove(path)
            return copy[1].weight:equal(model[1].weight), seen == #history * 2, math.type(early.best_epoch), tostring(early)
            """)
        #expect(result[0].isTrue && result[1].isTrue && result[2].text == "integer")
        #expect(result[3].text?.hasPrefix("EarlyStopping(wait=2, best=") == true)
    }

    @Test func diagnosesPrintAndRestore() throws {
        let result = try Script().run(TrainingTests.setting + """

            local weight, draw = model[1].weight:clone(), tensor.manual_seed(4) or tensor.rand(1):item()
            tensor.manual_seed(4)
            local check, sweep, health = nn.check(model, set), nn.lr_find(model, set), nn.health(model, set)
            assert(weight:equal(model[1].weight) and tensor.rand(1):item() == draw)
            assert(check.ok and math.abs(check.expected_loss - math.log(2)) < 1e-12 and check.final_loss < check.initial_loss)
            assert(sweep.suggestion > 1e-5 and #sweep.lrs == #sweep.losses)
            assert(#health.layers == 3 and health.layers[2].dead and health.layers[1].update_ratio == nil and health.examples == 60)
            local bad = nn.check(model, data.TensorDataset(x, tensor.zeros(60):long(), {classes={"no", "yes"}}))
            return tostring(check), tostring(sweep), tostring(health), bad.findings[1]
            """)
        let parts = ["by heart", "suggested lr for Adam: ", "60 examples, loss "]
        for (value, part) in zip(result, parts) { #expect(value.text?.contains(part) == true, "\(value)") }
        #expect(result[3].text?.contains("Your labels run 0..0: add 1") == true || result[3].text?.contains("1..2") == true, "\(result[3])")
    }

    @Test func loadersAndRepeatedFits() throws {
        try Script().run(TrainingTests.setting + """

            local a, b = model:clone(), model:clone()
            tensor.manual_seed(8)
            a:fit(set, {epochs=4, batch_size=16, loss="cross_entropy", verbose=false})
            tensor.manual_seed(8)
            for _ = 1, 2 do b:fit(data.DataLoader(set, {batch_size=16, shuffle=true}), {epochs=2, loss="cross_entropy", verbose=false}) end
            assert(a[1].weight:equal(b[1].weight))
            assert(not pcall(b.fit, b, data.DataLoader(set), {loss="cross_entropy", batch_size=4, verbose=false}))
            """)
    }

    @Test func customOperationsAndHigherDerivatives() throws {
        let script = try Script()
        try script.run("""
            local square = autograd.func{
              forward = function(ctx, x) ctx.x = x return x * x end,
              backward = function(ctx, grad) return grad * ctx.x * 2 end,
            }
            assert(autograd.gradcheck(function(x) return square(x):sum() end, tensor{1, -2, 3}))
            local h = autograd.hessian(function(x) return (x * x * x):sum() end, tensor{1, 2})
            assert(h[{2, 2}]:item() == 12 and h[{1, 2}]:item() == 0)
            local value, gradient = autograd.value_and_grad(function(x) return (x * x):sum() end)(tensor{1, 2})
            assert(value:item() == 5 and gradient[2]:item() == 4)
            """)
    }

    @Test(arguments: ["linear_regression", "xor", "iris"])
    func examplesRun(_ name: String) throws {
        let path = String(#filePath.dropLast("Tests/BindingsTests/TrainingTests.swift".count)) + "scripts/examples/\(name).lua"
        try Script().run("dofile('\(path)')")
    }
}
