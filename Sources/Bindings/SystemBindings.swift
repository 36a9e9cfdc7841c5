import CKernels
import Glibc
import LuaKit
import Tensors

extension Bindings {
    /// The version of the program.
    public static let version = "0.1.0"

    /// The module `nj`: time, memory, threads.
    static var nj: Namespace {
        Namespace("nj", "The program itself: version, time, memory and threads; holds all other modules too.") {
            Constant("nj.version", "The version of Nightjar.", version)
            Function("nj.clock", "Seconds of wall time from a fixed start; never goes back.", returns: "number", example: "local start = nj.clock()\nprint(nj.clock() >= start)") { SystemFunctions.clock() }
            Function("nj.memory", "Bytes in use: `tensor` elements, memory `cached` for reuse, the `peak` of tensor memory, and Lua's own.",
                returns: "table {tensor, cached, peak, lua}", example: "print(nj.memory().tensor >= 0)", see: ["nj.reset_peak_memory"]) { (call: Call) -> [String: Int] in
                let statistics = Memory.statistics
                return ["tensor": statistics.live, "cached": statistics.cached, "peak": statistics.peak, "lua": call.runtime.memoryUsed]
            }
            Function("nj.reset_peak_memory", "Starts the peak of tensor memory anew from what is in use.", example: "nj.reset_peak_memory()") { () -> Void in Memory.resetPeak() }
            Function("nj.num_threads", "Threads that operations may use.", returns: "integer", example: "print(nj.num_threads() >= 1)") { Threads.count }
            Function("nj.set_num_threads", "Sets how many threads operations may use.", Param("count", Int.self, "at least 1"), example: "nj.set_num_threads(nj.num_threads())") { (count: Int) -> Void in
                guard count >= 1, count <= 1024 else { throw TensorError.argument("nj.set_num_threads", "count must be 1..1024, got \(count)") }
                Threads.count = count
            }
            Function("nj.timeit", "Runs a function again and again for a moment and returns the median time of a call.", Param("f", LuaFunction.self), Param("seconds", Double.self, default: 0.2, "how long to measure"),
                returns: "seconds per call", example: "print(nj.timeit(function() return 1 + 1 end, 0.01) > 0)") { (f: LuaFunction, seconds: Double) in
                try SystemFunctions.timeit(f, seconds)
            }
            Function("nj.info", "Processor, threads, libraries with their versions, and data folders.", returns: "an object that prints itself, with fields", example: "print(#nj.info().processor > 0)") { SystemInfo() }
            ProgressLoop.function
            SystemInfo.declaration
            ProgressLoop.declaration
            Function("nj.seed_everything", "Seeds every source of chance: tensors, data order, initial weights and Lua's math.random.", Param("seed", Int.self),
                example: "nj.seed_everything(1)\nprint(tensor.rand(1):item() < 1)", see: ["tensor.manual_seed"]) { (call: Call, seed: Int) -> Void in
                try Bindings.seedEverything(seed, in: call.runtime)
            }
        }
    }
}

enum SystemFunctions {
    static func clock() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    static func timeit(_ f: LuaFunction, _ seconds: Double) throws -> Double {
        guard seconds > 0, seconds < 1e6 else { throw TensorError.argument("nj.timeit", "seconds must be positive, got \(seconds)") }
        try f.call()
        var samples: [Double] = [], repeats = 1
        let start = clock()
        repeat {
            let before = clock()
            for _ in 0..<repeats { try f.call() }
            let time = clock() - before
            if time < 1e-5, repeats < 1 << 20 { repeats *= 2; continue }
            samples.append(time / Double(repeats))
        } while clock() - start < seconds || samples.isEmpty
        samples.sort()
        return samples[samples.count / 2]
    }
}
