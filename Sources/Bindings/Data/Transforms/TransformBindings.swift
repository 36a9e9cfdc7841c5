import Learning
import LuaKit
import Tensors

extension Transform: LuaObject {
    public var luaBrief: String { "a \(Self.kind)" }
}

enum TransformFunctions {
    /// `data.StandardScaler{…}`: one for each row of the table of transforms, and the pipeline.
    static var constructors: [Function] {
        Transform.kinds.filter { $0 != Pipeline.self }.map(constructor) + [
            Function("data.Pipeline", "Transforms one after the other, fitted and applied as one.", Param("steps", PipelineSteps.self, "transforms, or pairs {name, transform}"),
                returns: "transform", details: "pipeline[i] and pipeline.name are the steps; those without names are named after their kinds.",
                example: "local x = tensor{{1, 2}, {3, 5}, {5, 7}}\nlocal pipeline = data.Pipeline{data.StandardScaler(), data.PCA(1)}\nprint(pipeline:fit_transform(x), pipeline.PCA.components)", see: ["data.Transform"]) { (steps: PipelineSteps) -> Transform in try steps.pipeline() },
        ]
    }

    /// Options that Lua does not see: codes count from 1 there.
    private static let hidden = ["first": JSON.integer(1)]

    static func options(_ kind: Transform.Type) -> [TransformOption] { kind.options.filter { hidden[$0.name] == nil } }

    private static func constructor(_ kind: Transform.Type) -> Function {
        let options = options(kind), path = "data.\(kind.kind)"
        let takes = texts[kind.kind] ?? "x", learns = learnt[kind.kind] ?? []
        var function = Function(raw: path, kind.summary, results: [Transform.luaType], returns: "transform",
            details: learns.isEmpty ? "" : "After fit, fields hold what was learnt: \(learns.joined(separator: ", ")).",
            example: example(kind.kind, takes), see: ["data.Transform", "data.Pipeline"]) { call in
            call.push(object: try make(kind, options, call))
            return 1
        }
        function.declaration.parameters = options.map(parameter)
        return function
    }

    /// A transform with options given by position, by name in a last table, or both.
    private static func make(_ kind: Transform.Type, _ options: [TransformOption], _ call: Call) throws -> Transform {
        var settings: [String: JSON] = [:]
        for option in kind.options { settings[option.name] = hidden[option.name] }
        func set(_ name: String, _ value: LuaValue) throws {
            guard let json = JSON(value) else { throw LearningError.argument("data.\(kind.kind)", "\(name) cannot be a \(value.typeName)") }
            settings[name] = json
        }
        for position in 0..<Int(call.argumentCount) {
            let value = call.value(at: Int32(position) + 1)
            if position == Int(call.argumentCount) - 1, case .table(let table) = value {
                let pairs = table.pairs
                if pairs.isEmpty { continue }
                if pairs.contains(where: { $0.key.text != nil }) {
                    for (key, value) in pairs {
                        guard let name = key.text, hidden[name] == nil else { throw LearningError.argument("data.\(kind.kind)", "there is no option \(key.text ?? "that is a \(key.typeName)")") }
                        try set(name, value)
                    }
                    continue
                }
            }
            guard position < options.count else {
                throw LearningError.argument("data.\(kind.kind)", options.isEmpty ? "takes no options" : "takes at most \(options.count) options, and a table with names")
            }
            if !value.isNil { try set(options[position].name, value) }
        }
        return try kind.init(settings)
    }

    private static func parameter(_ option: TransformOption) -> Parameter {
        switch option.value {
        case .bool(let value): Param(option.name, Bool.self, default: value, doc(option)).erased
        case .integer(let value) where option.takesList: Param(option.name, LuaValue?.self, shown: String(value), doc(option)).erased
        case .integer(let value): Param(option.name, Int.self, default: Int(value), doc(option)).erased
        case .number(let value): Param(option.name, Double.self, default: value, doc(option)).erased
        case .string(let value) where option.takesList: Param(option.name, LuaValue?.self, shown: "\"\(value)\"", doc(option)).erased
        case .string(let value): Param(option.name, String.self, default: value, doc(option)).erased
        case .array(let values): Param(option.name, [Double].self, default: values.map { if case .integer(let value) = $0 { Double(value) } else if case .number(let value) = $0 { value } else { 0 } }, doc(option)).erased
        default: Param(option.name, LuaValue?.self, doc(option)).erased
        }
    }

    private static func doc(_ option: TransformOption) -> String {
        option.summary + (option.choices.isEmpty ? "" : ": " + option.choices.map { "\"\($0)\"" }.joined(separator: ", "))
    }

    /// The fields that hold what each kind learns.
    private static let learnt = [
        "StandardScaler": ["mean", "var", "scale"], "MinMaxScaler": ["min", "scale", "data_min", "data_max", "data_range"],
        "MaxAbsScaler": ["max_abs", "scale"], "RobustScaler": ["center", "scale"], "Imputer": ["statistics"],
        "OneHotEncoder": ["categories", "infrequent_categories"], "OrdinalEncoder": ["categories", "infrequent_categories"], "LabelEncoder": ["classes"], "KBinsDiscretizer": ["bin_edges", "n_bins"],
        "PCA": ["mean", "components", "explained_variance", "explained_variance_ratio", "singular_values", "n_components"],
    ]

    private static let texts = [
        "OneHotEncoder": "{{\"red\", \"S\"}, {\"blue\", \"M\"}}", "OrdinalEncoder": "{{\"red\", \"S\"}, {\"blue\", \"M\"}}",
        "LabelEncoder": "{\"cat\", \"dog\", \"cat\"}", "Imputer": "tensor{{1, 2}, {0/0, 4}}",
    ]

    private static func example(_ kind: String, _ values: String) -> String {
        let x = values == "x" ? "tensor{{1, 2}, {3, 5}, {5, 7}}" : values
        return "local t = data.\(kind)()\nprint(t:fit_transform(\(x)))"
    }

    static var load: Function {
        Function("data.load_transform", "Reads a transform that was saved alone or with a model.", Param("path", String.self), returns: "transform",
        example: "local path = os.tmpname()\ndata.StandardScaler():fit(tensor{{1}, {3}}):save(path)\nprint(data.load_transform(path).mean)\nos.remove(path)", see: ["data.Transform:save", "nn.Module:save"]) { (path: String) in try Transform.load(path) }
    }

    // MARK: The class

    private static var receiver: Param<Transform> { Param("self", Transform.self) }
    private static var features: Param<LuaFeatures> { Param("x", LuaFeatures.self, "features [N, F], columns of a frame, a data set, a list of values or of rows; NaN is missing") }

    static var declaration: Class {
        Class(
            Transform.self, "data.Transform", "What is learnt from training features and then applied to any features: a scaler, an encoder, a pipeline.", noun: "transform",
            details: "Options and what was learnt are fields. A tensor gives a tensor, a frame a frame, a data set a data set with its inputs transformed. Codes of encoders and bins count from 1.",
            example: "local train, test = data.iris()\nlocal scaler = data.StandardScaler():fit(train)\nprint(scaler.mean, scaler:transform(test))",
            index: index,
            foreignNames: ["fitTransform": "fit_transform", "mean_": "mean", "scale_": "scale", "var_": "var", "components_": "components", "categories_": "categories", "classes_": "classes"],
            members: {
                Function("fit", "Learns from features; on an error everything stays as it was.", receiver, features, returns: "the transform itself",
                    example: "local scaler = data.StandardScaler():fit(tensor{{1}, {3}})\nprint(scaler.mean)") { (t: Transform, x: LuaFeatures) -> Transform in
                    try x.fit(t)
                    return t
                }
                Function("transform", "Features as the transform makes them.", receiver, features, returns: "features in the form they came in",
                    example: "local scaler = data.StandardScaler():fit(tensor{{1}, {3}})\nprint(scaler:transform(tensor{{2}}))") { (t: Transform, x: LuaFeatures) in Results(try result(of: t, x, x.transformed(by: t))) }
                Function("fit_transform", "Learns from features and transforms them.", receiver, features, returns: "features in the form they came in",
                    example: "print(data.MinMaxScaler():fit_transform(tensor{{1}, {3}}))") { (t: Transform, x: LuaFeatures) in Results(try result(of: t, x, x.fittedAndTransformed(by: t))) }
                Function("inverse_transform", "The features that transformed ones came from, where there is a way back.", receiver, features, returns: "features in the form they came in",
                    example: "local encoder = data.LabelEncoder():fit{\"cat\", \"dog\"}\nprint(encoder:inverse_transform(tensor{2, 1})[1])") { (t: Transform, x: LuaFeatures) in
                    let result = try t.inverseTransform(x.features)
                    if t is LabelEncoder, case .frame(let frame) = result, case .tensor = x.features { return Results(frame.columns[0].list) }
                    return Results(try x.result(result))
                }
                Function("save", "Writes the transform to a file; the file is whole or untouched.", receiver, Param("path", String.self),
                    example: "local path = os.tmpname()\ndata.StandardScaler():fit(tensor{{1}, {3}}):save(path)\nos.remove(path)", see: ["data.load_transform", "nn.Module:save"]) { (t: Transform, path: String) -> Void in try t.save(path) }
                Function(raw: "__tostring", "Kind, options that differ from their defaults, and whether it was fitted.", receiver, results: [.string]) { call in
                    call.push(description(try Transform.read(call, at: 1)))
                    return 1
                }
                Function(raw: "__len", "Number of steps of a pipeline.", receiver, results: [.integer]) { call in
                    let transform = try Transform.read(call, at: 1)
                    guard let pipeline = transform as? Pipeline else { throw LearningError.argument("#", "\(transform.luaBrief) has no length") }
                    call.push(pipeline.steps.count)
                    return 1
                }
            })
    }

    /// A result, labels as int64 [N].
    private static func result(of t: Transform, _ x: LuaFeatures, _ result: Features) throws -> any LuaResult {
        let value = try x.result(result)
        guard t is LabelEncoder, let tensor = value as? Tensor else { return value }
        return try tensor.flatten().to(.int64)
    }

    private static func description(_ t: Transform) -> String {
        let kind = type(of: t)
        if let pipeline = t as? Pipeline { return "Pipeline{" + pipeline.steps.map { description($0.transform) }.joined(separator: ", ") + "}" }
        let changed = options(kind).compactMap { option -> String? in
            guard let value = t.settings[option.name], value != option.value else { return nil }
            return "\(option.name)=\(String(value.text.map { $0 == "[" ? "{" : $0 == "]" ? "}" : $0 }))"
        }
        return kind.kind + (changed.isEmpty ? "()" : "{" + changed.joined(separator: ", ") + "}") + (t.width.map { " fitted on \($0) features" } ?? "")
    }

    // MARK: Fields

    private static func index(_ call: Call) throws -> Bool {
        let t = try Transform.read(call, at: 1)
        if let pipeline = t as? Pipeline, let position = call.integer(at: 2) {
            if position == pipeline.steps.count + 1 { call.pushNil() } else {
                let step = try Position.read(call, at: 2).resolve(count: pipeline.steps.count, "step")
                call.push(object: pipeline.steps[step].transform)
            }
            return true
        }
        guard let name = call.text(at: 2), let value = try field(t, name) else { return false }
        _ = try value.push(to: call)
        return true
    }

    private static func field(_ t: Transform, _ name: String) throws -> (any LuaResult)? {
        let kind = type(of: t)
        if let pipeline = t as? Pipeline {
            if name == "steps" { return pipeline.steps.map { $0.transform } }
            if let step = pipeline[name] { return step }
        }
        switch name {
        case "n_features_in": return t.width
        case "feature_names_in": return t.names
        default: break
        }
        if learnt[kind.kind]?.contains(name) == true, t.isFitted { return try learned(t, name) }
        if let setting = t.settings[name], hidden[name] == nil { return setting.lua }
        if learnt[kind.kind]?.contains(name) == true { throw LearningError.argument(kind.kind, "'\(name)' is learnt by fit, which was not called yet") }
        if let near = nearest(to: name, in: (learnt[kind.kind] ?? []) + options(kind).map(\.name)) {
            throw LearningError.argument(kind.kind, "there is no field '\(name)'. Did you mean '\(near)'?")
        }
        return nil
    }

    private static func learned(_ t: Transform, _ name: String) throws -> any LuaResult {
        func tensor(_ name: String) throws -> Tensor { try (t.learned[name] ?? Tensor.zeros([0])).to(t.dtype) }
        switch name {
        case "categories": return try t.categories.map { try Value.list($0) }
        case "infrequent_categories": return try ((t as? RareCategoryEncoder)?.infrequentCategories ?? []).map { try Value.list($0) }
        case "classes": return try Value.list(t.categories.first ?? [])
        case "bin_edges": return try (0..<(t.width ?? 0)).map { try tensor("bin_edges.\($0)") }
        case "n_components": return t.outputWidth
        case "statistics":
            let values = t.categories.map { $0.first ?? .missing }
            if values.contains(where: { if case .text = $0 { true } else { false } }) { return values.map { $0.lua(isWhole: false) } }
            return try tensor(name)
        default: return try tensor(name)
        }
    }
}
