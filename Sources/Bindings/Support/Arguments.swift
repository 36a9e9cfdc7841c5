import CKernels
import CLua
import LuaKit
import Tensors

// How Lua values become tensor arguments and back; the only place where positions change between
// counting from 1 and counting from 0.

extension Tensor: LuaObject {
    public var luaBrief: String { "a tensor \(describe(shape))" }

    /// Results are new to Lua, so the search for a userdata of the same tensor is skipped; fields
    /// that hand out the same tensor again return `Kept`.
    public func push(to call: Call) -> Int32 {
        call.push(new: self)
        return 1
    }
}

/// A tensor of one element works wherever a number would.
extension Tensor: LuaNumberConvertible {
    public var luaNumber: LuaValue? {
        guard count == 1, let scalar = try? scalar() else { return nil }
        switch scalar {
        case .bool: return nil
        case .int(let value): return .integer(Int(value))
        case .double(let value): return .number(value)
        }
    }
}

/// A tensor that Lua may have seen before: the same userdata again.
struct Kept: LuaArgument, LuaResult {
    let tensor: Tensor
    init(_ tensor: Tensor) { self.tensor = tensor }
    static var luaType: LuaType { Tensor.luaType }

    static func read(_ call: Call, at index: Int32) throws -> Kept { Kept(try Tensor.read(call, at: index)) }

    func push(to call: Call) -> Int32 {
        call.push(object: tensor)
        return 1
    }
}

/// The first argument again: what operations in place return.
struct Receiver: LuaResult {
    static var luaType: LuaType { Tensor.luaType }

    func push(to call: Call) -> Int32 {
        lua_pushvalue(call.state, 1)
        return 1
    }
}

/// A tensor of positions counted from 0, which Lua gets counted from 1.
struct Positions: LuaResult {
    let tensor: Tensor
    init(_ tensor: Tensor) { self.tensor = tensor }
    static var luaType: LuaType { Tensor.luaType }

    func push(to call: Call) throws -> Int32 {
        // Not in place: a gradient rule may have kept them.
        call.push(new: try tensor.add(1))
        return 1
    }
}

/// A tensor of positions counted from 1 in Lua, from 0 here; negative ones count from the end.
struct Indices: LuaArgument {
    let tensor: Tensor
    static var luaType: LuaType { Tensor.luaType }

    static func read(_ call: Call, at index: Int32) throws -> Indices {
        Indices(tensor: try Tensor.read(call, at: index).countedFromZero("must be"))
    }
}

/// The same for operations that take positions as they count in Lua, from `first`.
struct LuaIndices: LuaArgument {
    let tensor: Tensor
    static let first = 1
    static var luaType: LuaType { Tensor.luaType }

    static func read(_ call: Call, at index: Int32) throws -> LuaIndices {
        LuaIndices(tensor: try Tensor.read(call, at: index).positions("must be"))
    }
}

extension Tensor {
    /// Positions counted from 1 as positions counted from 0.
    func countedFromZero(_ verb: String) throws -> Tensor {
        let positions = try positions(verb), result = try Tensor.empty(shape, .int64)
        let zero = nj_positions_from_one(
            result.pointer.assumingMemoryBound(to: Int64.self), positions.pointer.assumingMemoryBound(to: Int64.self), Int64(count))
        if zero >= 0 { throw Mismatch("holds 0 at place \(zero + 1), but positions start at 1 (and -1 is the last)") }
        return withExtendedLifetime(positions) { result }
    }

    fileprivate func positions(_ verb: String) throws -> Tensor {
        if dtype == .bool { throw Mismatch("\(verb) positions (int64), got a bool tensor") }
        return try wholeNumbers()
    }

    /// Class labels or token ids counted from 1 as counted from 0; wrong ones are left for the
    /// operation to refuse.
    func labelsFromZero() throws -> Tensor { try wholeNumbers().add(-1) }

    /// The elements as row-major int64; floating numbers must be whole.
    private func wholeNumbers() throws -> Tensor {
        if dtype.isFloatingPoint {
            let doubles = try detach().to(.float64).contiguous()
            try doubles.withElements(Double.self) { elements in
                for (i, value) in elements.enumerated() where value != value.rounded(.towardZero) || value.magnitude > 0x1p53 {
                    throw Mismatch("must hold whole numbers, got \(value) at place \(i + 1)")
                }
            }
        }
        return try detach().to(.int64).contiguous()
    }
}

/// A tensor or a number.
enum Operand: LuaArgument {
    case tensor(Tensor)
    case scalar(Scalar)

    static var receiver: Any.Type { Tensor.self }
    static var luaType: LuaType { LuaType("tensor|number", phrase: "a tensor or a number", annotation: "tensor.Tensor|number") }

    @inline(__always)
    static func read(_ call: Call, at index: Int32) throws -> Operand {
        if let tensor = call.object(at: index, as: Tensor.self) { return .tensor(tensor) }
        if let scalar = call.scalar(at: index) { return .scalar(scalar) }
        throw call.mismatch(luaType, at: index)
    }

    /// The operand as a tensor beside another one.
    func tensor(beside other: Tensor) throws -> Tensor {
        switch self {
        case .tensor(let tensor): tensor
        case .scalar(let scalar): try Tensor(scalar, scalar.promoted(with: other.dtype))
        }
    }

    /// The operand as a tensor beside another operand; one of the two must be one.
    func tensor(beside other: Operand, _ name: String) throws -> Tensor {
        switch (self, other) {
        case (.tensor(let tensor), _): tensor
        case (_, .tensor(let other)): try tensor(beside: other)
        default: throw TensorError.argument(name, "one of the two must be a tensor")
        }
    }
}

extension Call {
    /// The number or boolean at an index.
    @inline(__always)
    func scalar(at index: Int32) -> Scalar? {
        switch lua_type(state, index) {
        case LUA_TNUMBER:
            lua_isinteger(state, index) != 0
                ? .int(Int64(lua_tointegerx(state, index, nil))) : .double(lua_tonumberx(state, index, nil))
        case LUA_TBOOLEAN: .bool(lua_toboolean(state, index) != 0)
        default: nil
        }
    }
}

extension Scalar: LuaArgument, LuaResult {
    public static var luaType: LuaType { LuaType("number|boolean", phrase: "a number") }

    public static func read(_ call: Call, at index: Int32) throws -> Scalar {
        if let scalar = call.scalar(at: index) { return scalar }
        if let tensor = call.object(at: index, as: Tensor.self), tensor.count == 1 { return try tensor.scalar() }
        throw call.mismatch(luaType, at: index)
    }

    public func push(to call: Call) -> Int32 {
        switch self {
        case .bool(let value): call.push(value)
        case .int(let value): call.push(Int(value))
        case .double(let value): call.push(value)
        }
        return 1
    }

    public static func literal(_ value: Scalar) -> String {
        switch value {
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .double(let value): "\(value)"
        }
    }
}

extension DType: LuaArgument, LuaResult {
    public static var luaType: LuaType {
        let names = allCases.map { "\"\($0.name)\"" }
        return LuaType("dtype", phrase: "a dtype (\(names.joined(separator: ", ")))", annotation: names.joined(separator: "|"))
    }

    public static func read(_ call: Call, at index: Int32) throws -> DType {
        guard let text = call.text(at: index) else { throw call.mismatch(luaType, at: index) }
        if let dtype = DType(name: text) { return dtype }
        var mismatch = call.mismatch(luaType, at: index)
        if let known = foreignNames[text] ?? nearest(to: text, in: allCases.map(\.name)) {
            mismatch.problem += ". Did you mean \"\(known)\"?"
        }
        throw mismatch
    }

    private static let foreignNames = [
        "float": "float32", "double": "float64", "long": "int64", "int": "int32", "byte": "uint8", "boolean": "bool",
    ]

    public func push(to call: Call) -> Int32 {
        call.push(name)
        return 1
    }

    public static func literal(_ value: DType) -> String { "\"\(value.name)\"" }
}

extension Dimension {
    /// As the tensor library counts: from 0, or negative from the end.
    var swift: Int { raw > 0 ? raw - 1 : raw }
}

extension Position {
    var swift: Int { raw > 0 ? raw - 1 : raw }
}

extension OneOrMany where Element == Dimension {
    var swift: [Int] { values.map(\.swift) }
}

extension Variadic where Element == Dimension {
    var swift: [Int] { values.map(\.swift) }
}

/// Sizes: `zeros(2, 3)` and `zeros{2, 3}`.
typealias Sizes = Variadic<Int>
