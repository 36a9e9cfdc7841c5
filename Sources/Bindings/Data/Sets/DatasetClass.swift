import Learning
import LuaKit
import Plotting
import Tensors

extension DatasetBox {
    static var declaration: Class {
        Class(
            DatasetBox.self, "data.Dataset", "Examples that can be asked for by position: inputs and, last, a target.", noun: "dataset",
            example: "local set = data.TensorDataset(tensor{{1, 2}, {3, 4}}, tensor{1, 2})\nlocal x, y = set:get(2)\nprint(x, y)",
            members: {
                Property("classes", "Names of the classes in order; label 1 is the first.", of: DatasetBox.self) { $0.set.classes }
                Function("get", "One example: its inputs and its target.", Param("self", DatasetBox.self), Param("i", Position.self), returns: "x, y",
                    example: "local set = data.TensorDataset(tensor{{1, 2}, {3, 4}}, tensor{1, 2})\nprint(set:get(1))") { (box: DatasetBox, i: Position) -> Results in
                    Results(try box.set.get(i.resolve(count: box.set.count, "example")).map { $0 as any LuaResult })
                }
                Function("size", "Number of examples.", Param("self", DatasetBox.self), returns: "integer", example: "print(data.TensorDataset(tensor{{1}, {2}}):size())") { (box: DatasetBox) in box.set.count }
                Function(raw: "__len", "Number of examples: `#set`.", Param("self", DatasetBox.self), results: [.integer]) { call in
                    call.push(try DatasetBox.read(call, at: 1).set.count)
                    return 1
                }
                Function(raw: "__tostring", "Size, classes and how many examples each has.", Param("self", DatasetBox.self), results: [.string]) { call in
                    let set = try DatasetBox.read(call, at: 1).set
                    var text = "data set of \(TextTable.grouped(set.count)) examples"
                    if let classes = set.classes {
                        text += ", \(classes.count) classes: "
                        if let counts = try DatasetBox.counts(set) {
                            text += zip(classes, counts).map { "\($0) (\(TextTable.grouped($1)))" }.joined(separator: ", ")
                        } else {
                            text += classes.joined(separator: ", ")
                        }
                    }
                    call.push(text)
                    return 1
                }
                Function("take", "The first n examples.", Param("self", DatasetBox.self), Param("n", Int.self), returns: "dataset", example: "print(#data.TensorDataset(tensor{{1}, {2}}):take(1))") { (box: DatasetBox, n: Int) in DatasetBox(try box.set.take(n)) }
                Function("shuffle", "All examples in random order.", Param("self", DatasetBox.self), Param("seed", Int?.self, "the shared generator decides when left out"), returns: "dataset",
                    example: "print(#data.TensorDataset(tensor{{1}, {2}}):shuffle(1))") { (box: DatasetBox, seed: Int?) in DatasetBox(try box.set.shuffled(seed: seed.map { UInt64(bitPattern: Int64($0)) })) }
                Function("split", "Parts of the given shares, in random order.", Param("self", DatasetBox.self), Param("shares", [Double].self, "they add up to at most 1"), Param("stratify", Bool.self, default: false, "gives each part the classes in the whole's proportions"), Param("seed", Int?.self),
                    returns: "one dataset for each share", example: "local set = data.TensorDataset(tensor.zeros(10, 1), tensor.zeros(10))\nlocal train, test = set:split({0.8, 0.2}, {seed=1})\nprint(#train, #test)") { (box: DatasetBox, shares: [Double], stratify: Bool, seed: Int?) -> Results in
                    Results(try box.set.split(shares, stratify: stratify, seed: seed.map { UInt64(bitPattern: Int64($0)) }).map { DatasetBox($0) })
                }
                DatasetBox.deriving
                DatasetBox.looking
            })
    }

    /// How many examples each class has; nil where that is not known without reading everything.
    static func counts(_ set: any Dataset) throws -> [Int]? {
        guard let classes = set.classes, let labels = try set.labels() else { return nil }
        var counts = [Int](repeating: 0, count: classes.count)
        for label in labels where counts.indices.contains(label - 1) { counts[label - 1] += 1 }
        return counts
    }
}

extension DatasetBox {
    private static var receiver: Param<DatasetBox> { Param("self", DatasetBox.self) }
    private static let example = "local set = data.TensorDataset(tensor.rand(6, 1, 8, 8), tensor{1, 2, 1, 2, 1, 2}, {classes={\"cat\", \"dog\"}})\n"

    /// Sets made from this one.
    @FunctionBuilder fileprivate static var deriving: [Function] {
        Function("map", "A set whose examples are changed when they are asked for: by a transform of pictures, which loaders run on threads of their own, or by a function of x, y.", receiver, Param("f", MapArgument.self, "a transform of data.transforms, or a function(x, y) that returns the new x, or x and y"), returns: "dataset",
            example: example + "local larger = set:map(data.transforms.RandomHorizontalFlip())\nlocal brighter = set:map(function(x, y) return x + 1 end)\nprint(larger:get(1), brighter:get(1):max():item() > 1)", see: ["data.transforms.Compose"]) { (box: DatasetBox, f: MapArgument) -> DatasetBox in
            switch f {
            case .augmentation(let change): return DatasetBox(AugmentedDataset(box.set, change))
            case .mixup(let mixup): return DatasetBox(try MixupDataset(box.set, mixup))
            case .function(let function): return DatasetBox(LuaMappedDataset(box.set, function))
            }
        }
        Function("filter", "The examples for which a function of x, y returns true.", receiver, Param("fn", LuaFunction.self, "function(x, y); both are tensors, so compare y:item()"), returns: "dataset",
            example: example + "print(#set:filter(function(x, y) return y:item() == 1 end))") { (box: DatasetBox, fn: LuaFunction) in
            DatasetBox(try box.set.filter { try fn.call($0.map { .object($0) }).first?.isTrue ?? false })
        }
        Function("concat", "This set and, after it, another one.", receiver, Param("other", AnyDataset.self, "a data set with the same classes"), returns: "dataset",
            example: example + "print(#set:concat(set))") { (box: DatasetBox, other: AnyDataset) in DatasetBox(try ConcatDataset([box.set, other.dataset])) }
        Function("k_fold", "k pairs of a set to train on and one to validate on, for cross-validation; every example is validated on once.", receiver, Param("k", Int.self, "how many"), Param("stratify", Bool.self, default: false, "gives every part the classes in the whole's proportions"),
            Param("shuffle", Bool.self, default: true, "whether examples are dealt out in random order"), Param("seed", Int?.self), returns: "folds: for train, validation in folds do …, or folds[i].train",
            example: example + "for train, validation in set:k_fold(3, {stratify=true, seed=1}) do print(#train, #validation) end") { (box: DatasetBox, k: Int, stratify: Bool, shuffle: Bool, seed: Int?) in
            FoldsBox(try box.set.kFold(k, stratify: stratify, shuffle: shuffle, seed: seed.map { UInt64(bitPattern: Int64($0)) }))
        }
    }

    /// What a set holds, for people.
    @FunctionBuilder fileprivate static var looking: [Function] {
        Function("summary", "Shapes, ranges, missing values, and how many examples each class has.", receiver, returns: "a summary that prints itself, with fields size, counts, min, max, mean, std, missing",
            example: example + "print(set:summary())") { (box: DatasetBox) in DatasetSummaryBox(try box.set.summary(firstLabel: 1), names: box.set.classes) }
        Function("show", "Shows the first pictures in the terminal, with their classes.", receiver, Param("n", Int.self, default: 16), example: example + "set:show(4)") { (call: Call, box: DatasetBox, n: Int) -> Void in
            guard n > 0 else { throw LearningError.argument("show", "the number must be positive, got \(n)") }
            var pictures: [Picture] = []
            for i in 0..<min(n, box.set.count, 1000) {
                try checkInterrupt()
                let example = try box.set.get(i)
                pictures.append(try picture(example, box.set.classes))
            }
            guard !pictures.isEmpty else { throw LearningError.argument("show", "the set is empty") }
            let presentation = Presentation.of(call.runtime)
            call.runtime.write(try Figure(Panel([ImageGrid(pictures)])).text(on: presentation.terminal))
        }
    }

    private static func picture(_ example: [Tensor], _ classes: [String]?) throws -> Picture {
        guard let x = example.first, x.rank == 2 || x.rank == 3, x.rank == 2 || [1, 3, 4].contains(x.shape[0]) else {
            throw TensorError.shapes("show", [example.first?.shape ?? []], detail: "pictures are [H, W], or [C, H, W] with 1 or 3 channels")
        }
        var title: String?
        if example.count > 1, let target = example.last, target.count == 1, let label = try? target.scalar().doubleValue {
            if let classes, let index = Int(exactly: label), classes.indices.contains(index - 1) { title = classes[index - 1] } else { title = Int(exactly: label).map { String($0) } ?? TextTable.number(label) }
        }
        let shape = x.rank == 2 ? [1] + x.shape : x.shape
        let values = try x.detach().to(.float32).contiguous().withElements(Float.self) { Array($0) }
        return try Picture(floats: values, channels: shape[0], height: shape[1], width: shape[2], title: title)
    }
}

/// What `map` applies.
enum MapArgument: LuaArgument {
    case augmentation(Augmentation)
    case mixup(Mixup)
    case function(LuaFunction)

    static var luaType: LuaType { LuaType("transform|function", phrase: "a transform of data.transforms or a function", annotation: "data.Augmentation|data.MixupTransform|function") }

    static func read(_ call: Call, at index: Int32) throws -> MapArgument {
        switch call.value(at: index) {
        case .object(let change as Augmentation): return .augmentation(change)
        case .object(let box as MixupBox): return .mixup(box.mixup)
        case .object(let transform as Transform):
            throw Mismatch("must be a transform of data.transforms or a function; \(transform.luaBrief) transforms whole sets: use t:transform(set)")
        case .function(let function): return .function(function)
        case .table: if let function = try? LuaFunction.read(call, at: index) { return .function(function) }
        default: break
        }
        throw call.mismatch(luaType, at: index)
    }
}
