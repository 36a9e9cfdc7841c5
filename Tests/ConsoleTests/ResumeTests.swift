import Glibc
import Testing

/// Trainings that go on in another process, and saves that are cut short.
@Suite struct ResumeTests {
    /// arg[1] is "whole", "first" or "second"; arg[2] the checkpoint.
    private static let script = """
        tensor.manual_seed(arg[1] == "second" and 99 or 7)
        local x = (tensor.range(1, 96 * 36) * 0.7):sin():reshape(96, 1, 6, 6)
        local set = data.TensorDataset(x, x:sum({2, 3, 4}):gt(0):long() + 1, {classes={"no", "yes"}})
        local model = nn.Sequential{nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.3), nn.Flatten(), nn.Linear(64, 2)}
        local opt = optim.Adam(model:parameters(), {lr=0.01})
        local schedule = optim.lr_scheduler.CosineAnnealingLR(opt, 4)
        """
    private static let ends = """

        for name, t in pairs(model:state_dict()) do print(name, table.concat(t:flatten():totable(), " ")) end
        print(tensor.rand(1):item())
        """
    static let ways = [
        """
        print(model:fit(set, {epochs=arg[1] == "first" and 2 or 4, batch_size=16, optimizer=opt, loss="cross_entropy", validation=0.25, verbose=false,
          resume=arg[1] == "second" and arg[2] or nil, callbacks={nn.callbacks.ModelCheckpoint(arg[2]), nn.callbacks.LRScheduler(schedule)}}))
        """,
        """
        local loader, loss, start = data.DataLoader(set, {batch_size=16, shuffle=true}), nn.CrossEntropyLoss(), 1
        if arg[1] == "second" then start = nn.load_checkpoint(arg[2], {model=model, opt=opt, schedule=schedule}).epoch + 1 end
        for epoch = start, arg[1] == "first" and 2 or 4 do
          for x, y in loader:iter() do opt:zero_grad() loss(model(x), y):backward() opt:step() end
          schedule:step()
        end
        if arg[1] == "first" then nn.save_checkpoint(arg[2], {model=model, opt=opt, schedule=schedule, epoch=2}) end
        """,
    ]

    @Test(arguments: ways)
    func anotherProcessGoesOnBitForBit(_ way: String) {
        let folder = temporaryFolder(), path = folder + "/script.lua"
        write(ResumeTests.script + "\n" + way + ResumeTests.ends, to: path)
        let results = ["whole", "first", "second"].map { Program.run([path, $0, folder + "/training.safetensors"]) }
        #expect(results.map(\.code) == [0, 0, 0] && results.map(\.errors) == ["", "", ""])
        #expect(results[0].output == results[2].output && results[0].output != results[1].output)
    }

    @Test func killedWhileSaving() {
        let folder = temporaryFolder(), path = folder + "/model.safetensors"
        write("""
            local model, n = nn.Linear(400, 200), 0
            while true do
              n = n + 1
              autograd.no_grad(function() model.weight:fill_(n) model.bias:fill_(n) end)
              nn.save_checkpoint(arg[1], {model=model, n=n})
            end
            """, to: folder + "/save.lua")
        write("""
            local model = nn.Linear(400, 200)
            local n = nn.load_checkpoint(arg[1], {model=model}).n
            assert(model.weight:eq(n):all():item() and model.bias:eq(n):all():item())
            """, to: folder + "/load.lua")
        for i in 0..<5 {
            let files = [TemporaryFile(), TemporaryFile(), TemporaryFile()]
            let process = Program.start([folder + "/save.lua", path], files: files.map(\.descriptor))
            repeat { usleep(UInt32(20_000 + 7_919 * i)) } while access(path, F_OK) != 0 && kill(process, 0) == 0
            kill(process, SIGKILL)
            #expect(Program.wait(process) == -SIGKILL)
            #expect(Program.run([folder + "/load.lua", path]) == Program.Result(code: 0, output: "", errors: ""))
        }
    }

    private func write(_ text: String, to path: String) {
        let file = fopen(path, "w")
        fputs(text, file)
        fclose(file)
    }
}
