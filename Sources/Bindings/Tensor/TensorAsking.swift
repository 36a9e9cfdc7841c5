import CLua
import LuaKit
import Tensors

extension TensorFunctions {
    /// Sizes, types and values.
    @FunctionBuilder static var asking: [Function] {
        Function(
            "tensor.size", "All sizes as a table, or the size of one dimension.",
            Param("input", Tensor.self), Param("dim", Dimension?.self, "one dimension"),
            returns: "table of sizes, or one size", example: "local x = tensor.zeros(2, 3)\nprint(x:size(2), #x:size())", see: ["tensor.Tensor.shape"]
        ) { (x: Tensor, dim: Dimension?) -> Results in
            guard let dim else { return Results(x.shape) }
            return Results(try x.size(dim.swift))
        }
        Function("tensor.dim", "Number of dimensions.", Param("input", Tensor.self), returns: "integer",
            example: "print(tensor.zeros(2, 3):dim())") { (x: Tensor) in x.rank }
        Function("tensor.numel", "Number of elements.", Param("input", Tensor.self), returns: "integer",
            example: "print(tensor.zeros(2, 3):numel())") { (x: Tensor) in x.count }
        Function("tensor.item", "The value of a one-element tensor as a Lua number or boolean.", Param("input", Tensor.self),
            returns: "number or boolean", example: "print(tensor(3.5):item())", see: ["tensor.totable"]) { (x: Tensor) in try x.scalar() }
        Function("tensor.totable", "The elements as nested Lua tables; a bare value without dimensions.",
            Param("input", Tensor.self), returns: "table, number or boolean",
            example: "print(tensor{{1, 2}, {3, 4}}:totable()[2][1])", see: ["tensor.item"]) { (x: Tensor) in Elements(try x.detach().contiguous()) }
        Function("tensor.is_contiguous", "Whether the elements lie row by row in memory without gaps.", Param("input", Tensor.self),
            returns: "boolean", example: "print(tensor.zeros(2, 3):t():is_contiguous())", see: ["tensor.contiguous"]) { (x: Tensor) in x.isContiguous }
        Function("tensor.is_floating_point", "Whether the elements are float32 or float64.", Param("input", Tensor.self),
            returns: "boolean", example: "print(tensor{1}:is_floating_point())") { (x: Tensor) in x.dtype.isFloatingPoint }
        Function("tensor.stride", "Distance in memory between neighbours along each dimension, in elements.", Param("input", Tensor.self),
            returns: "table", example: "print(tensor.zeros(2, 3):stride()[1])") { (x: Tensor) in x.strides }
    }

    /// Copies and conversions.
    @FunctionBuilder static var conversion: [Function] {
        Function("tensor.to", "The tensor in another type; itself when it has that type.", Param("input", Tensor.self), Param("dtype", DType.self),
            returns: "tensor", example: "print(tensor{1.7, -1.7}:to(\"int64\"))", see: ["tensor.float", "tensor.long"]) { (x: Tensor, dtype: DType) in try x.to(dtype) }
        converted("float", .float32)
        converted("double", .float64)
        converted("long", .int64)
        converted("int", .int32)
        converted("byte", .uint8)
        converted("bool", .bool)
        Function("tensor.clone", "A copy with its own memory; gradients flow through.", Param("input", Tensor.self), returns: "tensor",
            example: "local x = tensor{1, 2}\nlocal y = x:clone()\ny[1] = 9\nprint(x)") { (x: Tensor) in try x.clone() }
        Function("tensor.detach", "The same values cut off from the graph; shares memory.", Param("input", Tensor.self), returns: "tensor",
            example: "local x = tensor({1, 2}, {requires_grad=true})\nprint((x * 2):detach().requires_grad)") { (x: Tensor) in x.detach() }
        Function("tensor.contiguous", "The tensor with its elements row by row in memory; itself when it is so already.",
            Param("input", Tensor.self), returns: "tensor", example: "print(tensor.zeros(2, 3):t():contiguous():is_contiguous())") { (x: Tensor) in try x.contiguous() }
        Function("tensor.copy_", "Copies another tensor's elements into this one, converting and broadcasting.",
            Param("input", Tensor.self), Param("source", Operand.self, otherNames: ["src"]), returns: "the tensor itself",
            example: "local x = tensor.zeros(2, 2)\nx:copy_(tensor{1, 2})\nprint(x)") { (x: Tensor, source: Operand) -> Receiver in
            try x.copy_(source.tensor(beside: x))
            return Receiver()
        }
        Function("tensor.fill_", "Sets all elements to a value.", Param("input", Tensor.self), Param("value", Scalar.self), returns: "the tensor itself",
            example: "local x = tensor.zeros(2)\nx:fill_(3)\nprint(x)") { (x: Tensor, value: Scalar) -> Receiver in
            try x.fill_(value)
            return Receiver()
        }
        Function("tensor.zero_", "Sets all elements to zero.", Param("input", Tensor.self), returns: "the tensor itself",
            example: "local x = tensor.ones(2)\nx:zero_()\nprint(x)") { (x: Tensor) -> Receiver in
            try x.fill_(0)
            return Receiver()
        }
    }

    private static func converted(_ name: String, _ dtype: DType) -> Function {
        Function("tensor.\(name)", "The tensor as \(dtype.name).", Param("input", Tensor.self), returns: "tensor of \(dtype.name)",
            example: "print(tensor{0, 1, 2}:\(name)().dtype)", see: ["tensor.to"]) { (x: Tensor) in try x.to(dtype) }
    }
}

extension Tensor {
    /// The size of a dimension.
    func size(_ dim: Int) throws -> Int {
        guard dim >= -rank, dim < rank else { throw TensorError.dimension("size", dim, rank: rank) }
        return shape[dim < 0 ? dim + rank : dim]
    }
}

/// A contiguous tensor's elements as Lua values.
struct Elements: LuaResult {
    let tensor: Tensor
    init(_ tensor: Tensor) { self.tensor = tensor }
    static var luaType: LuaType { LuaType("table|number|boolean") }

    func push(to call: Call) throws -> Int32 {
        try call.pushElements(of: tensor)
        return 1
    }
}

extension Call {
    /// Pushes a contiguous tensor's elements as nested tables, or as a bare value.
    func pushElements(of x: Tensor) throws {
        try makeRoom(x.rank * 2 + 8)
        var at = 0
        func push(_ depth: Int, _ element: (Int) -> Void) {
            if depth == x.rank {
                element(at)
                at += 1
                return
            }
            pushTable(elements: x.shape[depth])
            for i in 0..<x.shape[depth] {
                push(depth + 1, element)
                lua_rawseti(state, -2, lua_Integer(i) + 1)
            }
        }
        let base = x.pointer
        switch x.dtype {
        case .bool: push(0) { self.push(base.load(fromByteOffset: $0, as: UInt8.self) != 0) }
        case .uint8: push(0) { self.push(Int(base.load(fromByteOffset: $0, as: UInt8.self))) }
        case .int32: push(0) { self.push(Int(base.load(fromByteOffset: $0 * 4, as: Int32.self))) }
        case .int64: push(0) { self.push(Int(base.load(fromByteOffset: $0 * 8, as: Int64.self))) }
        case .float32: push(0) { self.push(Double(base.load(fromByteOffset: $0 * 4, as: Float.self))) }
        case .float64: push(0) { self.push(base.load(fromByteOffset: $0 * 8, as: Double.self)) }
        }
        withExtendedLifetime(x) {}
    }
}
