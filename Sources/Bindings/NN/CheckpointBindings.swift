import Learning
import LuaKit
import Tensors

/// Saving a training written by hand, and going on in another process.
enum CheckpointFunctions {
    @FunctionBuilder static var all: [Function] {
        Function("nn.save_checkpoint", "Saves all that a training needs to go on bit for bit: modules, optimizers, schedulers, numbers, texts and tensors under names of your choice, and the state of the generator.",
            Param("path", String.self, "a safetensors file; whole or untouched at any moment"), Param("parts", LuaTable.self, "such as {model=model, optimizer=opt, scheduler=s, epoch=3}"),
            example: example, see: ["nn.load_checkpoint", "nn.callbacks.ModelCheckpoint"]) { (path: String, parts: LuaTable) -> Void in
            let list = try read(parts, "save_checkpoint")
            guard list.contains(where: { isObject($0.part) }) else {
                throw LearningError.argument("save_checkpoint", "there is no model, optimizer or scheduler to save: {model=model, optimizer=opt}")
            }
            try Checkpoint.save(path, list)
        }
        Function("nn.load_checkpoint", "Puts modules, optimizers, schedulers and the generator back to where save_checkpoint found them; nothing changes when anything does not fit.",
            Param("path", String.self), Param("parts", LuaTable.self, "the objects to restore, by the names they were saved under"), returns: "table of the numbers, texts and tensors that were saved",
            example: example, see: ["nn.save_checkpoint"]) { (call: Call, path: String, parts: LuaTable) -> LuaTable in
            let list = try read(parts, "load_checkpoint"), contents = try Checkpoint.read(path)
            for (name, part) in list where !isObject(part) {
                throw LearningError.argument("load_checkpoint", "'\(name)' must be a module, an optimizer or a scheduler; values are in the table that comes back")
            }
            let result = call.runtime.makeTable()
            for (name, kind) in contents.parts {
                switch kind {
                case "tensor": result[name] = contents.tensor(name).map { .object($0) } ?? .nil
                case "text": result[name] = contents.text(name).map { .text($0) } ?? .nil
                case "number": result[name] = try contents.tensor(name).map { luaValue(try $0.scalar()) } ?? .nil
                default: break
                }
            }
            try contents.restore(list)
            return result
        }
    }

    private static let example = """
        local model = nn.Linear(2, 1)
        local opt = optim.Adam(model:parameters())
        local path = os.tmpname()
        nn.save_checkpoint(path, {model=model, optimizer=opt, epoch=3})
        print(nn.load_checkpoint(path, {model=model, optimizer=opt}).epoch)
        os.remove(path)
        """

    /// The parts in a table, in the order of their names.
    private static func read(_ table: LuaTable, _ operation: String) throws -> [(name: String, part: Checkpoint.Part)] {
        try table.pairs.map { key, value -> (name: String, part: Checkpoint.Part) in
            guard case .string = key, let name = key.text else {
                throw LearningError.argument(operation, "parts have names, such as {model=model}; got the key \(key.double.map { TextTable.number($0) } ?? "a \(key.typeName)")")
            }
            return (name, try part(name, value, operation))
        }.sorted { $0.name < $1.name }
    }

    private static func part(_ name: String, _ value: LuaValue, _ operation: String) throws -> Checkpoint.Part {
        switch value {
        case .object(let object):
            if let module = object as? Module { return .module(module) }
            if let optimizer = object as? Optimizer { return .optimizer(optimizer) }
            if let scheduler = object as? Scheduler { return .scheduler(scheduler) }
            if let tensor = object as? Tensor { return .tensor(tensor) }
        case .boolean(let value): return .number(.bool(value))
        case .integer(let value): return .number(.int(Int64(value)))
        case .number(let value): return .number(.double(value))
        case .string: return .text(value.text ?? "")
        default: break
        }
        throw LearningError.argument(operation, "'\(name)' must be a module, an optimizer, a scheduler, a tensor, a number or a text, got a \(value.typeName)")
    }

    private static func isObject(_ part: Checkpoint.Part) -> Bool {
        switch part {
        case .module, .optimizer, .scheduler: true
        default: false
        }
    }

    private static func luaValue(_ scalar: Scalar) -> LuaValue {
        switch scalar {
        case .bool(let value): .boolean(value)
        case .int(let value): .integer(Int(value))
        case .double(let value): .number(value)
        }
    }
}
