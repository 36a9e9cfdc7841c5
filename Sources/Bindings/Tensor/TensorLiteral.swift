import CLua
import LuaKit
import Tensors

/// A tensor written as nested tables of numbers or booleans, or as a single one.
///
/// Numbers make float32 and booleans bool unless a dtype is given; int64 keeps Lua's integers exact.
struct TensorLiteral: LuaArgument {
    private var shape: [Int] = []
    private var doubles: [Double] = []
    /// The same elements as integers, while all of them are.
    private var integers: [Int64]? = []
    private var isBool = true
    /// A tensor given as it is.
    private var source: Tensor?

    static var luaType: LuaType {
        LuaType("table|number|boolean|tensor", phrase: "numbers in nested tables", annotation: "table|number|boolean|tensor.Tensor")
    }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> TensorLiteral {
        var literal = TensorLiteral()
        if let tensor = call.object(at: index, as: Tensor.self) {
            literal.source = tensor
            return literal
        }
        guard lua_type(call.state, index) == LUA_TTABLE || call.scalar(at: index) != nil else {
            throw call.mismatch(luaType, at: index)
        }
        try literal.add(call, at: lua_absindex(call.state, index), depth: 0, path: [])
        return literal
    }

    /// Appends the value at a stack index, checking that it has the shape of those before.
    private mutating func add(_ call: Call, at index: Int32, depth: Int, path: [Int]) throws {
        switch lua_type(call.state, index) {
        case LUA_TTABLE:
            guard depth < Layout.maximumRank else { throw Mismatch("is nested deeper than \(Layout.maximumRank) tables") }
            try call.makeRoom(4)
            let count = Int(lua_rawlen(call.state, index))
            try check(depth: depth, size: count, path: path)
            if count == 0 { return }
            for i in 1...count {
                lua_rawgeti(call.state, index, lua_Integer(i))
                defer { lua_settop(call.state, -2) }
                try add(call, at: lua_gettop(call.state), depth: depth + 1, path: path + [i])
            }
        case LUA_TNUMBER:
            try check(depth: depth, size: nil, path: path)
            isBool = false
            doubles.append(lua_tonumberx(call.state, index, nil))
            if lua_isinteger(call.state, index) != 0 {
                integers?.append(Int64(lua_tointegerx(call.state, index, nil)))
            } else {
                integers = nil
            }
        case LUA_TBOOLEAN:
            try check(depth: depth, size: nil, path: path)
            let value: Int64 = lua_toboolean(call.state, index) != 0 ? 1 : 0
            if !isBool && !doubles.isEmpty { throw Mismatch("mixes numbers and booleans\(TensorLiteral.place(path))") }
            doubles.append(Double(value))
            integers?.append(value)
        case LUA_TUSERDATA where call.object(at: index, as: Tensor.self)?.count == 1:
            try check(depth: depth, size: nil, path: path)
            isBool = false
            let item = try call.tensor(at: index).scalar()
            doubles.append(item.doubleValue)
            if case .int(let value) = item { integers?.append(value) } else { integers = nil }
        default:
            throw Mismatch("holds \(call.describe(at: index))\(TensorLiteral.place(path)); tensors are made of numbers")
        }
    }

    /// Checks a table's size, or that a number stands where numbers stand.
    private mutating func check(depth: Int, size: Int?, path: [Int]) throws {
        let isFirst = path.allSatisfy { $0 == 1 }
        if isFirst {
            if let size { shape.append(size) }
            return
        }
        guard let size else {
            if depth != shape.count { throw Mismatch("is ragged: a number\(TensorLiteral.place(path)) where a table of \(shape[depth]) was expected") }
            return
        }
        guard depth < shape.count else { throw Mismatch("is ragged: a table\(TensorLiteral.place(path)) where a number was expected") }
        guard shape[depth] == size else {
            throw Mismatch("is ragged: \(size) element\(size == 1 ? "" : "s")\(TensorLiteral.place(path)) where \(shape[depth]) were expected")
        }
    }

    private static func place(_ path: [Int]) -> String {
        path.isEmpty ? "" : " at " + path.map { "[\($0)]" }.joined()
    }

    /// The tensor.
    func tensor(dtype: DType?) throws -> Tensor {
        if let source { return try source.detach().to(dtype ?? source.dtype).clone() }
        let dtype = dtype ?? (isBool && !doubles.isEmpty ? .bool : .float32)
        if dtype.isInteger {
            let numbers = integers?.map(Scalar.int) ?? doubles.map(Scalar.double)
            for number in numbers { try number.check(fits: dtype, "tensor") }
        }
        if let integers, !dtype.isFloatingPoint { return try Tensor(integers, shape: shape).to(dtype) }
        if dtype == .float32 {
            return try Tensor(doubles.map { Float($0) }, shape: shape)
        }
        return try Tensor(doubles, shape: shape).to(dtype)
    }
}
