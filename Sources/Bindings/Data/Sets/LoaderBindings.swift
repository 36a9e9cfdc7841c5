import Learning
import LuaKit
import Tensors

/// A loader, as Lua holds it.
final class LoaderBox: LuaObject {
    let loader: DataLoader
    let collate: LuaFunction?

    init(_ loader: DataLoader, collate: LuaFunction? = nil) {
        self.loader = loader
        self.collate = collate
    }

    static var constructor: Function {
        Function("data.DataLoader", "Delivers a data set in batches, in order or shuffled anew for every pass.", Param("dataset", AnyDataset.self), Param("batch_size", Int.self, default: 32), Param("shuffle", Bool.self, default: false), Param("drop_last", Bool.self, default: false, "leaves out a last batch that is not full"),
            Param("workers", Int?.self, "threads that make batches ahead; when left out 1 where examples go through transforms, else 0"), Param("prefetch", Int.self, default: 2, "batches that each of them may be ahead"),
            Param("collate", LuaFunction?.self, "makes a batch of a list of examples {x, y}; else examples are stacked"), Param("seed", Int?.self, "for order and transforms; else the shared generator decides"),
            returns: "loader", details: "The order, and what random transforms do to each example, follow from the seed, however many threads work. Examples made by functions of Lua stay on the one thread of Lua. When a loop is broken off, its threads end.",
            example: "local set = data.TensorDataset(tensor.zeros(5, 2), tensor.zeros(5))\nlocal loader = data.DataLoader(set, {batch_size=2, shuffle=true})\nfor x, y in loader:iter() do print(#x) end", see: ["data.Dataset:map"]) { (set: AnyDataset, batchSize: Int, shuffle: Bool, dropLast: Bool, workers: Int?, prefetch: Int, collate: LuaFunction?, seed: Int?) in
            LoaderBox(try DataLoader(set.dataset, batchSize: batchSize, shuffle: shuffle, dropLast: dropLast, seed: seed.map { UInt64(bitPattern: Int64($0)) }, workers: collate == nil ? workers : 0, prefetch: prefetch), collate: collate)
        }
    }

    static var declaration: Class {
        Class(
            LoaderBox.self, "data.Loader", "Delivers a data set in batches.", noun: "loader",
            example: "local loader = data.DataLoader(data.TensorDataset(tensor.zeros(5, 2), tensor.zeros(5)), {batch_size=2})\nfor x, y in loader:iter() do print(#x, #y) end",
            members: {
                Property("dataset", "The set.", of: LoaderBox.self) { DatasetBox($0.loader.dataset) }
                Property("batch_size", "Examples in a batch.", of: LoaderBox.self) { $0.loader.batchSize }
                Property("workers", "Threads that make batches ahead.", of: LoaderBox.self) { $0.loader.workers }
                Function("iter", "Starts a pass: `for x, y in loader:iter() do … end`.", Param("self", LoaderBox.self), returns: "iterator of x, y, and itself to be closed with the loop",
                    example: "local loader = data.DataLoader(data.TensorDataset(tensor{{1}, {2}}, tensor{1, 2}))\nfor x, y in loader:iter() do print(#x) end") { (box: LoaderBox) -> Results in
                    let pass = PassBox(try box.loader.makePass(), box)
                    return Results(pass, LuaValue.nil, LuaValue.nil, pass)
                }
                Function(raw: "__len", "Number of batches in a pass: `#loader`.", Param("self", LoaderBox.self), results: [.integer]) { call in
                    call.push(try LoaderBox.read(call, at: 1).loader.count)
                    return 1
                }
            })
    }
}

/// One pass over a set: an iterator.
final class PassBox: LuaObject {
    private let pass: DataLoader.Pass
    private let owner: LoaderBox

    init(_ pass: DataLoader.Pass, _ owner: LoaderBox) {
        self.pass = pass
        self.owner = owner
    }

    /// Pushes the next batch, or nil at the end.
    func next(_ call: Call) throws -> Int32 {
        if let collate = owner.collate {
            guard let results = try collated(call, by: collate) else {
                call.pushNil()
                return 1
            }
            try call.makeRoom(results.count + 4)
            for value in results { call.push(value) }
            return Int32(results.count)
        }
        guard let batch = try pass.next() else {
            call.pushNil()
            return 1
        }
        try call.makeRoom(batch.count + 4)
        for tensor in batch { call.push(new: tensor) }
        return Int32(batch.count)
    }

    /// The next batch made by a function of Lua's.
    private func collated(_ call: Call, by collate: LuaFunction) throws -> [LuaValue]? {
        guard let indices = try pass.nextIndices() else { return nil }
        let examples = call.runtime.makeTable()
        for (i, index) in indices.enumerated() {
            let example = call.runtime.makeTable()
            for (k, tensor) in try owner.loader.dataset.get(index).enumerated() { example[k + 1] = .object(tensor) }
            examples[i + 1] = .table(example)
        }
        let results = try collate.call([.table(examples)])
        guard let first = results.first, !first.isNil else { throw LearningError.argument("DataLoader", "collate must return a batch, it returned nothing") }
        return results
    }

    static var declaration: Class {
        Class(PassBox.self, "data.Pass", "One pass over a data set, for `for … in`.", noun: "iterator",
            example: "for x in data.DataLoader(data.TensorDataset(tensor{{1}, {2}})):iter() do print(#x) end", members: {
                Function(raw: "__call", "The next batch, or nil.", Param("self", PassBox.self)) { call in
                    try PassBox.read(call, at: 1).next(call)
                }
            })
    }
}
