import Tensors

extension Transform {
    /// All kinds of transforms.
    public static var kinds: [Transform.Type] {
        [
            StandardScaler.self, MinMaxScaler.self, MaxAbsScaler.self, RobustScaler.self, Normalizer.self, Binarizer.self,
            Imputer.self, OneHotEncoder.self, OrdinalEncoder.self, LabelEncoder.self, PolynomialFeatures.self,
            KBinsDiscretizer.self, PCA.self, Pipeline.self,
        ]
    }

    /// Writes a fitted transform to a safetensors file: the numbers learnt as tensors, everything
    /// else in its metadata under "transform".
    public func save(_ path: String) throws {
        var tensors = StateDict()
        let description = describe("", &tensors)
        try saveSafetensors(path, tensors, metadata: [("format", "nightjar.transform"), ("transform", description.text)])
    }

    /// The transform as a text that `load` understands in the metadata of any safetensors file, such
    /// as that of the model it belongs to.
    public var metadata: (key: String, value: String) {
        get throws { ("transform", try selfContained().text) }
    }

    /// Reads a transform from a file that `save` wrote, or that has one in its metadata.
    ///
    /// - Throws: naming the file, when it holds no transform or its numbers do not fit together.
    public static func load(_ path: String) throws -> Transform {
        let file = try loadSafetensors(path)
        guard let text = file.metadata.first(where: { $0.key == "transform" })?.value else {
            throw LearningError.file(path, nil, "the file holds no transform")
        }
        do {
            let json = try JSONParser.parse(Array(text.utf8))
            return try make(json, "", json["learned"].map(numbers) ?? file.tensors, depth: 0)
        } catch let error as JSONError {
            throw LearningError.file(path, nil, "the description of the transform is not valid JSON: \(error.text)")
        } catch let error as LearningError {
            throw LearningError.file(path, nil, error.description)
        }
    }

    /// The description with the numbers learnt inside.
    private func selfContained() throws -> JSON {
        var tensors = StateDict()
        guard case .object(let entries) = describe("", &tensors) else { return .null }
        let learned = try tensors.map { name, tensor in
            (name, JSON.object([
                ("shape", .array(tensor.shape.map { .integer(Int64($0)) })),
                ("values", .array(try doubles(tensor).map { Transform.json(.number($0)) })),
            ]))
        }
        return .object(entries + [("learned", .object(learned))])
    }

    /// The numbers learnt that `selfContained` wrote.
    private static func numbers(_ json: JSON) throws -> StateDict {
        guard case .object(let entries) = json else { throw LearningError.argument("load", "the learnt numbers are not an object") }
        var tensors = StateDict()
        for (name, entry) in entries {
            guard case .array(let sizes)? = entry["shape"], case .array(let values)? = entry["values"], sizes.count <= Layout.maximumRank else {
                throw LearningError.argument("load", "\(name) has no shape or no values")
            }
            let shape = try sizes.map { size in
                guard case .integer(let size) = size, size >= 0, size <= values.count else { throw LearningError.argument("load", "\(name): a size of \(size.text)") }
                return Int(size)
            }
            let count = shape.reduce(1) { count, size in
                let product = count.multipliedReportingOverflow(by: size)
                return product.overflow ? -1 : product.partialValue
            }
            guard count == values.count else { throw LearningError.argument("load", "\(name): the shape does not fit \(values.count) values") }
            tensors[name] = try Tensor(values.map { entry in
                guard case .number(let number) = try value(entry) else { throw LearningError.argument("load", "\(name): \(entry.text) is no number") }
                return number
            }, shape: shape)
        }
        return tensors
    }

    private func describe(_ prefix: String, _ tensors: inout StateDict) -> JSON {
        for (name, tensor) in learned { tensors[prefix + name] = tensor }
        var entries: [(key: String, value: JSON)] = [("kind", .string(Self.kind))]
        entries.append(("settings", .object(Self.options.map { ($0.name, settings[$0.name] ?? $0.value) })))
        if let width { entries.append(("width", .integer(Int64(width)))) }
        if dtype == .float64 { entries.append(("dtype", .string(dtype.name))) }
        if let names { entries.append(("names", .array(names.map { .string($0) }))) }
        if !categories.isEmpty { entries.append(("categories", .array(categories.map { .array($0.map(Transform.json)) }))) }
        if let pipeline = self as? Pipeline {
            entries.append(("steps", .array(pipeline.steps.map { name, step in
                .object([("name", .string(name)), ("transform", step.describe(prefix + name + ".", &tensors))])
            })))
        }
        return .object(entries)
    }

    private static func json(_ value: Value) -> JSON {
        switch value {
        case .missing: .null
        case .boolean(let value): .bool(value)
        case .text(let text): .string(text)
        // JSON has no words for infinity and NaN.
        case .number(let value): value.isFinite ? .number(value) : .array(value.isNaN ? [.null] : [.bool(value > 0)])
        }
    }

    private static func value(_ json: JSON) throws -> Value {
        switch json {
        case .null: .missing
        case .bool(let value): .boolean(value)
        case .string(let text): .text(text)
        case .integer(let value): .number(Double(value))
        case .number(let value): .number(value)
        case .array([.null]): .number(.nan)
        case .array([.bool(true)]): .number(.infinity)
        case .array([.bool(false)]): .number(-.infinity)
        default: throw LearningError.argument("load", "a category is no number and no text")
        }
    }

    private static func make(_ json: JSON, _ prefix: String, _ tensors: StateDict, depth: Int) throws -> Transform {
        guard depth < 32, case .string(let kind)? = json["kind"], let type = kinds.first(where: { $0.kind == kind }) else {
            throw LearningError.argument("load", "the kind of the transform is not known")
        }
        var settings: [String: JSON] = [:]
        if case .object(let entries)? = json["settings"] { for (name, value) in entries { settings[name] = value } }
        let result = try type.init(settings)
        if case .integer(let width)? = json["width"] {
            guard width > 0, width <= 100_000_000 else { throw LearningError.argument("load", "\(kind): \(width) features") }
            result.width = Int(width)
        }
        if json["dtype"] == .string(DType.float64.name) { result.dtype = .float64 }
        if case .array(let names)? = json["names"] {
            let texts = names.compactMap { if case .string(let text) = $0 { text } else { nil } }
            guard texts.count == result.width else { throw LearningError.argument("load", "\(kind): the names do not fit the features") }
            result.names = texts
        }
        if case .array(let lists)? = json["categories"] {
            result.categories = try lists.map { list in
                guard case .array(let values) = list else { throw LearningError.argument("load", "\(kind): categories are no lists") }
                return try values.map(value)
            }
        }
        if let pipeline = result as? Pipeline, case .array(let steps)? = json["steps"] {
            try pipeline.set(steps.map { step in
                guard case .string(let name)? = step["name"], let inner = step["transform"] else {
                    throw LearningError.argument("load", "a step has no name or no transform")
                }
                return (name, try make(inner, prefix + name + ".", tensors, depth: depth + 1))
            })
        } else {
            for (name, tensor) in tensors where name.hasPrefix(prefix) {
                result.learned[String(name.dropFirst(prefix.count))] = try tensor.to(.float64)
            }
            if result.isFitted { try result.checkLearned() }
        }
        return result
    }
}
