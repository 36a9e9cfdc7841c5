import COneDNN

extension OneDNN {
    /// The three products of a convolution.
    enum ConvolutionKind: Int {
        case forward, data, weights
    }

    /// A convolution prepared for one geometry: images channels-last, weights in the layout that the
    /// primitive likes best, to or from which they are copied in each call.
    final class Convolution {
        private let kind: ConvolutionKind
        private let primitive: Primitive
        private let reorder: Primitive?
        private let packedBytes: Int

        /// From the thread's cache.
        static func prepared(
            _ kind: ConvolutionKind, _ geometry: ConvolutionGeometry, batch: Int, bias: Bool, relu: Bool = false
        ) throws(TensorError) -> Convolution {
            let flags = kind.rawValue + (bias ? 4 : 0) + (relu ? 8 : 0)
            return try Context.current().cached(flags, geometry.key(batch: batch)) { () throws(TensorError) in
                try Convolution(kind, geometry, batch, bias, relu)
            }
        }

        private init(
            _ kind: ConvolutionKind, _ geometry: ConvolutionGeometry, _ batch: Int, _ bias: Bool, _ relu: Bool
        ) throws(TensorError) {
            self.kind = kind
            let images = [dnnl_nwc, dnnl_nhwc, dnnl_ndhwc][geometry.spatial - 1]
            let grouped = geometry.groups > 1
            let plain = grouped
                ? [dnnl_goiw, dnnl_goihw, dnnl_goidhw][geometry.spatial - 1] : [dnnl_oiw, dnnl_oihw, dnnl_oidhw][geometry.spatial - 1]
            let inner = [geometry.outChannels / geometry.groups, geometry.inChannels / geometry.groups] + geometry.window
            let weightShape = grouped ? [geometry.groups] + inner : inner
            var x = try OneDNN.layout([batch, geometry.inChannels] + geometry.input, images)
            var y = try OneDNN.layout([batch, geometry.outChannels] + geometry.output, images)
            var w = try OneDNN.layout(weightShape, dnnl_format_tag_any)
            // An empty description stands for no bias.
            var b = bias ? try OneDNN.layout([geometry.outChannels], dnnl_a) : dnnl_memory_desc_t()
            let stride = geometry.stride.map(Int64.init), dilation = geometry.dilation.map { Int64($0 - 1) }
            let before = geometry.before.map(Int64.init), after = geometry.after.map(Int64.init)
            var operation = dnnl_convolution_desc_t()
            switch kind {
            case .forward:
                try check(dnnl_dilated_convolution_forward_desc_init(
                    &operation, dnnl_forward_training, dnnl_convolution_direct, &x, &w, &b, &y, stride,
                    dilation, before, after))
            case .data:
                try check(dnnl_dilated_convolution_backward_data_desc_init(
                    &operation, dnnl_convolution_direct, &x, &w, &y, stride, dilation, before, after))
            case .weights:
                try check(dnnl_dilated_convolution_backward_weights_desc_init(
                    &operation, dnnl_convolution_direct, &x, &w, &b, &y, stride, dilation, before, after))
            }
            let description = try Convolution.describe(&operation, kind, geometry, x, w, y, relu)
            defer { dnnl_primitive_desc_destroy(description) }
            let query = kind == .weights ? dnnl_query_diff_weights_md : dnnl_query_weights_md
            var packed = dnnl_primitive_desc_query_md(description, query, 0).pointee
            var given = try OneDNN.layout(weightShape, plain)
            packedBytes = dnnl_memory_desc_get_size(&packed)
            if dnnl_memory_desc_equal(&packed, &given) != 0 {
                reorder = nil
            } else {
                reorder = kind == .weights ? try OneDNN.reorder(from: packed, to: given) : try OneDNN.reorder(from: given, to: packed)
            }
            switch kind {
            case .forward:
                primitive = try Primitive(description, [
                    (DNNL_ARG_SRC, x), (DNNL_ARG_WEIGHTS, packed), (DNNL_ARG_DST, y)] + (bias ? [(DNNL_ARG_BIAS, b)] : []))
            case .data:
                primitive = try Primitive(description, [
                    (DNNL_ARG_DIFF_SRC, x), (DNNL_ARG_WEIGHTS, packed), (DNNL_ARG_DIFF_DST, y)])
            case .weights:
                primitive = try Primitive(description, [
                    (DNNL_ARG_SRC, x), (DNNL_ARG_DIFF_WEIGHTS, packed), (DNNL_ARG_DIFF_DST, y)]
                    + (bias ? [(DNNL_ARG_DIFF_BIAS, b)] : []))
            }
        }

        private static func describe(
            _ operation: inout dnnl_convolution_desc_t, _ kind: ConvolutionKind, _ geometry: ConvolutionGeometry,
            _ x: dnnl_memory_desc_t, _ w: dnnl_memory_desc_t, _ y: dnnl_memory_desc_t, _ relu: Bool
        ) throws(TensorError) -> dnnl_primitive_desc_t {
            let engine = try Context.current().engine
            // Gradients are described with the forward pass as a hint.
            var hint: dnnl_primitive_desc_t?
            if kind != .forward {
                var x = x, w = w, y = y, forward = dnnl_convolution_desc_t()
                let stride = geometry.stride.map(Int64.init), dilation = geometry.dilation.map { Int64($0 - 1) }
                try check(dnnl_dilated_convolution_forward_desc_init(
                    &forward, dnnl_forward_training, dnnl_convolution_direct, &x, &w, nil, &y, stride, dilation,
                    geometry.before.map(Int64.init), geometry.after.map(Int64.init)))
                try check(dnnl_primitive_desc_create(&hint, &forward, nil, engine, nil))
            }
            defer { if hint != nil { dnnl_primitive_desc_destroy(hint) } }
            return try withAttributes(relu: relu) { attributes throws(TensorError) in
                var description: dnnl_primitive_desc_t?
                try check(dnnl_primitive_desc_create(&description, &operation, attributes, engine, hint))
                guard let description else { throw .library("oneDNN", "no convolution") }
                return description
            }
        }

        /// Runs the product. The result is the operand that `kind` names; with a bias, it is read in
        /// the forward pass and written with the weights.
        ///
        /// - Parameter keeping: keeps packed weights with their storage, for weights that stay as
        ///   they are from call to call.
        func run(x: Tensor, w: Tensor, y: Tensor, bias: Tensor?, keeping: Bool = false) throws(TensorError) {
            guard let reorder else {
                return try call(x, w.pointer, y, bias)
            }
            if kind == .weights {
                let packed = try Storage(byteCount: packedBytes, operation: "conv", shape: w.shape)
                try call(x, packed.pointer, y, bias)
                try reorder.run(packed.pointer, w.pointer)
                return withExtendedLifetime(packed) {}
            }
            if keeping, let kept = w.storage.prepared, kept.version == w.storage.version, kept.offset == w.offset, kept.user === self {
                return try call(x, kept.packed.pointer, y, bias)
            }
            let packed = try Storage(byteCount: packedBytes, operation: "conv", shape: w.shape)
            try reorder.run(w.pointer, packed.pointer)
            if keeping { w.storage.prepared = PreparedWeights(packed, user: self, of: w) }
            try call(x, packed.pointer, y, bias)
            withExtendedLifetime(packed) {}
        }

        private func call(_ x: Tensor, _ w: UnsafeMutableRawPointer, _ y: Tensor, _ bias: Tensor?) throws(TensorError) {
            if let bias { try primitive.run(x.pointer, w, y.pointer, bias.pointer) } else { try primitive.run(x.pointer, w, y.pointer) }
        }
    }
}

/// Weights in a primitive's own layout, kept beside the storage they were made from.
final class PreparedWeights {
    let packed: Storage
    let user: AnyObject
    let version: Int32
    let offset: Int

    init(_ packed: Storage, user: AnyObject, of tensor: Tensor) {
        self.packed = packed
        self.user = user
        version = tensor.storage.version
        offset = tensor.offset
    }
}
