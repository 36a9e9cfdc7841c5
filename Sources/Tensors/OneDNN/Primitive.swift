import CKernels
import COneDNN

extension OneDNN {
    /// A oneDNN operation prepared for certain shapes: its code, its arguments and its work space.
    ///
    /// Belongs to one thread's cache, so that its arguments can be pointed elsewhere for each call.
    final class Primitive {
        private let handle: dnnl_primitive_t
        private let memories: [dnnl_memory_t]
        private let arguments: UnsafeMutableBufferPointer<dnnl_exec_arg_t>
        private let workspaceBytes: Int

        /// - Parameter arguments: what each argument is (`DNNL_ARG_…`) and how it lies in memory;
        ///   `run` takes their addresses in this order.
        init(_ description: dnnl_primitive_desc_t, _ arguments: [(Int32, dnnl_memory_desc_t)]) throws(TensorError) {
            var handle: dnnl_primitive_t?
            try check(dnnl_primitive_create(&handle, description))
            guard let handle else { throw .library("oneDNN", "no primitive") }
            self.handle = handle
            let workspace = dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0).pointee
            var copy = workspace
            workspaceBytes = dnnl_memory_desc_get_size(&copy)
            var all = arguments
            if workspaceBytes > 0 { all.append((DNNL_ARG_SCRATCHPAD, workspace)) }
            self.arguments = .allocate(capacity: all.count)
            var memories: [dnnl_memory_t] = []
            let engine = try Context.current().engine
            for (i, argument) in all.enumerated() {
                var memory: dnnl_memory_t?, layout = argument.1
                try check(dnnl_memory_create(&memory, &layout, engine, UnsafeMutableRawPointer(bitPattern: 0)))
                guard let memory else { throw .library("oneDNN", "no memory object") }
                memories.append(memory)
                self.arguments.initializeElement(at: i, to: dnnl_exec_arg_t(arg: argument.0, memory: memory))
            }
            self.memories = memories
        }

        deinit {
            for memory in memories { dnnl_memory_destroy(memory) }
            dnnl_primitive_destroy(handle)
            arguments.deallocate()
        }

        /// Runs with the arguments at the given addresses.
        func run(_ addresses: UnsafeMutableRawPointer...) throws(TensorError) {
            for (memory, address) in zip(memories, addresses) { try check(dnnl_memory_set_data_handle(memory, address)) }
            let context = try Context.current()
            if workspaceBytes == 0 {
                return try check(dnnl_primitive_execute(handle, context.stream, Int32(arguments.count), arguments.baseAddress))
            }
            let workspace = try Storage(byteCount: workspaceBytes, operation: "workspace", shape: [workspaceBytes])
            try check(dnnl_memory_set_data_handle(memories[memories.count - 1], workspace.pointer))
            try check(dnnl_primitive_execute(handle, context.stream, Int32(arguments.count), arguments.baseAddress))
            withExtendedLifetime(workspace) {}
        }
    }

    /// Copies between two layouts.
    static func reorder(from: dnnl_memory_desc_t, to: dnnl_memory_desc_t) throws(TensorError) -> Primitive {
        var from = from, to = to
        let engine = try Context.current().engine
        return try withAttributes { attributes throws(TensorError) in
            var description: dnnl_primitive_desc_t?
            try check(dnnl_reorder_primitive_desc_create(&description, &from, engine, &to, engine, attributes))
            defer { dnnl_primitive_desc_destroy(description) }
            guard let description else { throw .library("oneDNN", "no reorder") }
            return try Primitive(description, [(DNNL_ARG_FROM, from), (DNNL_ARG_TO, to)])
        }
    }

    /// Attributes of a primitive whose work space the caller provides; with `relu`, its result is
    /// rectified.
    static func withAttributes<R>(
        relu: Bool = false, _ body: (dnnl_primitive_attr_t) throws(TensorError) -> R
    ) throws(TensorError) -> R {
        var attributes: dnnl_primitive_attr_t?
        try check(dnnl_primitive_attr_create(&attributes))
        guard let attributes else { throw .library("oneDNN", "no attributes") }
        defer { dnnl_primitive_attr_destroy(attributes) }
        try check(dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user))
        if relu {
            var steps: dnnl_post_ops_t?
            try check(dnnl_post_ops_create(&steps))
            defer { dnnl_post_ops_destroy(steps) }
            try check(dnnl_post_ops_append_eltwise(steps, 1, dnnl_eltwise_relu, 0, 0))
            try check(dnnl_primitive_attr_set_post_ops(attributes, steps))
        }
        return try body(attributes)
    }

    /// A float32 array of a shape in one of oneDNN's layouts.
    static func layout(_ shape: [Int], _ tag: dnnl_format_tag_t) throws(TensorError) -> dnnl_memory_desc_t {
        var result = dnnl_memory_desc_t()
        let sizes = shape.map(Int64.init)
        try check(dnnl_memory_desc_init_by_tag(&result, Int32(shape.count), sizes, dnnl_f32, tag))
        return result
    }

    static func check(_ status: dnnl_status_t) throws(TensorError) {
        guard status == dnnl_success else { throw .library("oneDNN", "failed with status \(status.rawValue)") }
    }
}
