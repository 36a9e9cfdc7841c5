import CLua
import LuaKit
import Tensors

/// Indexing from Lua: positions, ranges as tables or text, masks, tensors of positions.
enum TensorIndexing {
    /// `x[key]`: the value on the stack, or false for a field that does not exist.
    static func index(_ call: Call) throws -> Bool {
        let x = try call.tensor(at: 1)
        if lua_type(call.state, 2) == LUA_TNUMBER {
            guard let position = try element(call, at: 2, of: x) else {
                call.pushNil()
                return true
            }
            call.push(new: try x.select(0, position))
            return true
        }
        guard let indices = try parse(call, x) else { return false }
        call.push(new: try x.get(indices))
        return true
    }

    /// `x[key] = value`: false for a field that does not exist.
    static func newIndex(_ call: Call) throws -> Bool {
        let x = try call.tensor(at: 1)
        let indices: [Index]
        if lua_type(call.state, 2) == LUA_TNUMBER {
            guard let position = try element(call, at: 2, of: x) else {
                throw TensorError.index("x[i] = v", x.shape[0], dimension: 0, shape: x.shape)
            }
            indices = [.position(position)]
        } else {
            guard let parsed = try parse(call, x) else { return false }
            indices = parsed
        }
        if let value = call.object(at: 3, as: Tensor.self) {
            try x.set(indices, value)
        } else if let value = call.scalar(at: 3) {
            try x.set(indices, value)
        } else if lua_type(call.state, 3) == LUA_TTABLE {
            try x.set(indices, TensorLiteral.read(call, at: 3).tensor(dtype: x.dtype))
        } else {
            throw TensorError.argument("x[…] = v", "v \(call.mismatch(Operand.luaType, at: 3).problem)")
        }
        return true
    }

    /// The offset of a number used as index; nil for the position right behind the last, so that
    /// `ipairs` ends.
    private static func element(_ call: Call, at index: Int32, of x: Tensor) throws -> Int? {
        guard let raw = call.integer(at: index) else {
            throw TensorError.argument("index", "positions are whole numbers, got \(call.describe(at: index))")
        }
        guard let size = x.shape.first else {
            throw TensorError.argument("index", "a single number has no positions; x:item() gives its value")
        }
        if raw == size + 1 { return nil }
        return try offset(raw, size: size, dimension: 0, of: x)
    }

    private static func offset(_ raw: Int, size: Int, dimension: Int, of x: Tensor) throws -> Int {
        if raw == 0 { throw TensorError.argument("index", "position 0 of \(x.shape): positions start at 1, and -1 is the last") }
        let offset = raw > 0 ? raw - 1 : raw + size
        guard raw >= -size, offset < size else {
            throw TensorError.index("index", raw > 0 ? raw - 1 : raw, dimension: dimension, shape: x.shape)
        }
        return offset
    }

    // MARK: Composite keys

    /// The indices a table, text or tensor stands for; nil for text that is a field's name.
    private static func parse(_ call: Call, _ x: Tensor) throws -> [Index]? {
        switch lua_type(call.state, 2) {
        case LUA_TSTRING:
            let text = call.text(at: 2) ?? ""
            return try text.contains(where: { $0 == ":" || $0 == "," }) ? parse(text, x) : nil
        case LUA_TTABLE:
            return try parseTable(call, x)
        default:
            guard let key = call.object(at: 2, as: Tensor.self) else {
                throw TensorError.argument("index", "the index must be a position, a table, a range as text or a tensor, got \(call.describe(at: 2))")
            }
            return [try index(of: key)]
        }
    }

    private static func index(of key: Tensor) throws -> Index {
        do {
            if key.dtype == .bool { return .mask(key) }
            let positions = try key.countedFromZero("must be")
            return key.rank == 0 ? .position(Int(try positions.scalar().intValue)) : .positions(positions)
        } catch let mismatch as Mismatch {
            throw TensorError.value("index", "the tensor of positions " + mismatch.problem)
        }
    }

    private static func parseTable(_ call: Call, _ x: Tensor) throws -> [Index] {
        let state = call.state
        try call.makeRoom(8)
        let count = Int(lua_rawlen(state, 2))
        guard count > 0 else { return [.all] }
        var indices: [Index] = []
        var dimension = 0
        for i in 1...count {
            lua_rawgeti(state, 2, lua_Integer(i))
            defer { lua_settop(state, -2) }
            if let key = call.object(at: -1, as: Tensor.self) {
                indices.append(try index(of: key))
                dimension += key.dtype == .bool ? max(key.rank, 1) : 1
                continue
            }
            guard dimension < x.rank else {
                throw TensorError.argument("index", "\(count) indices for \(x.rank) dimension\(x.rank == 1 ? "" : "s") \(describe(x.shape))")
            }
            let size = x.shape[dimension]
            if let raw = call.integer(at: -1) {
                indices.append(.position(try offset(raw, size: size, dimension: dimension, of: x)))
            } else if lua_type(state, -1) == LUA_TTABLE {
                indices.append(try range(call, at: lua_gettop(state), size: size))
            } else if let text = call.text(at: -1) {
                indices.append(try range(text, size: size))
            } else {
                throw TensorError.argument("index", "index \(i) must be a position, a range {first, last, step} or a tensor, got \(call.describe(at: -1))")
            }
            dimension += 1
        }
        return indices
    }

    /// `{first, last, step}`; `{}` is everything.
    private static func range(_ call: Call, at index: Int32, size: Int) throws -> Index {
        var parts: [Int?] = []
        for i in 1...3 {
            lua_rawgeti(call.state, index, lua_Integer(i))
            defer { lua_settop(call.state, -2) }
            if call.isNil(at: -1) { parts.append(nil); continue }
            guard let value = call.integer(at: -1) else {
                throw TensorError.argument("index", "a range holds whole numbers {first, last, step}, got \(call.describe(at: -1))")
            }
            parts.append(value)
        }
        return try range(parts[0], parts[1], parts[2], size: size)
    }

    /// `"1:3, :"`: one entry a dimension.
    private static func parse(_ text: String, _ x: Tensor) throws -> [Index] {
        let entries = text.split(separator: ",", omittingEmptySubsequences: false)
        guard entries.count <= max(x.rank, 1) else {
            throw TensorError.argument("index", "\"\(text)\" has \(entries.count) entries for \(x.rank) dimensions \(describe(x.shape))")
        }
        return try entries.enumerated().map { d, entry in
            let trimmed = entry.filter { $0 != " " }
            let size = d < x.rank ? x.shape[d] : 1
            if let position = Int(trimmed) { return .position(try offset(position, size: size, dimension: d, of: x)) }
            return try range(trimmed, size: size)
        }
    }

    private static func range(_ text: String, size: Int) throws -> Index {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
        guard (2...3).contains(parts.count) || text.isEmpty else {
            throw TensorError.argument("index", "\"\(text)\" is no range; write first:last or first:last:step")
        }
        let numbers = try parts.map { part -> Int? in
            if part.isEmpty { return nil }
            guard let number = Int(part) else {
                throw TensorError.argument("index", "\"\(text)\" is no range: \"\(part)\" is not a whole number")
            }
            return number
        }
        return try range(numbers.first ?? nil, numbers.count > 1 ? numbers[1] : nil, numbers.count > 2 ? numbers[2] : nil, size: size)
    }

    /// A range with both ends included, clamped as `string.sub` does.
    private static func range(_ first: Int?, _ last: Int?, _ step: Int?, size: Int) throws -> Index {
        let step = step ?? 1
        guard step > 0 else {
            throw TensorError.argument("index", step == 0 ? "a range's step cannot be 0" : "a range's step cannot be negative; x:flip(dim) turns the order round")
        }
        if first == 0 {
            throw TensorError.argument("index", "position 0: positions start at 1, and -1 is the last")
        }
        let start = first.map { $0 > 0 ? $0 - 1 : max(size + $0, 0) } ?? 0
        let end = last.map { $0 >= 0 ? min($0, size) : max(size + $0 + 1, 0) } ?? size
        return .range(min(start, size), max(end, min(start, size)), step: step)
    }
}
