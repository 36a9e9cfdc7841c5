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

    /// Reads a transform that `save` wrote.
    ///
    /// - Throws: naming the file, when it holds no transform or its numbers do not fit together.
    public static func load(_ path: String) throws -> Transform {
        let file = try loadSafetensors(path)
        guard let text = file.metadata.first(where: { $0.key == "transform" })?.value else {
            throw LearningError.file(path, nil, "the file holds no transform")
        }
        do {
            return try make(JSONParser.parse(Array(text.utf8)), "", file.tensors, depth: 0)
        } catch let error as JSONError {
            throw LearningError.file(path, nil, "the description of the transform is not valid JSON: \(error.text)")
        } catch let error as LearningError {
            throw LearningError.file(path, nil, error.description)
        }
    }

    private func describe(_ prefix: String, _ tensors: inout StateDict) -> JSON {
        for (name, tensor) in learned { tensors[prefix + name] = tensor }
        var entries: [(key: String, value: JSON)] = [("kind", .string(Self.kind))]
        entries.append(("settings", .object(Self.options.map { ($0.name, settings[$0.name] ?? $0.value) })))
        if let width { entries.append(("width", .integer(Int64(width)))) }
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
        // JSON has no word for infinity.
        case .number(let value): value.isFinite ? .number(value) : .array([.bool(value > 0)])
        }
    }

    private static func value(_ json: JSON) throws -> Value {
        switch json {
        case .null: .missing
        case .bool(let value): .boolean(value)
        case .string(let text): .text(text)
        case .integer(let value): .number(Double(value))
        case .number(let value): .number(value)
        case .array(let sign) where sign.count == 1: .number(sign[0] == .bool(true) ? .infinity : -.infinity)
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
