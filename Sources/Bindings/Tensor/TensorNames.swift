extension TensorFunctions {
    /// Names from NumPy, Torch7, Keras and older PyTorch, and ours.
    static var foreignNames: [String: String] {
        var names = [
            // Making
            "arange": "range", "tensor": "tensor(…)", "Tensor": "tensor", "from_numpy": "tensor", "array": "tensor", "asarray": "tensor", "as_tensor": "tensor",
            "constant": "tensor", "Variable": "tensor", "convert_to_tensor": "tensor", "identity": "eye", "random": "rand",
            "uniform": "rand", "random_uniform": "rand", "random_normal": "randn", "seed": "manual_seed", "manualSeed": "manual_seed",
            "set_seed": "manual_seed", "initialSeed": "initial_seed", "shuffle": "randperm", "FloatTensor": "tensor",
            "DoubleTensor": "tensor", "LongTensor": "tensor", "IntTensor": "tensor", "ByteTensor": "tensor", "CharTensor": "tensor",
            // Shape
            "concat": "cat", "concatenate": "cat", "column_stack": "hstack", "row_stack": "vstack", "dstack": "stack",
            "repeatTensor": "tile", "resize": "reshape", "resizeAs": "reshape", "viewAs": "view", "view_as": "view",
            "reshape_as": "reshape", "expandAs": "expand_as", "expand_dims": "unsqueeze", "ravel": "flatten", "moveaxis": "movedim",
            "swapdims": "swapaxes", "rot90": "flip", "fliplr": "flip", "flipud": "flip", "array_split": "chunk", "T": "t", "mT": "transpose",
            // Elements
            "multiply": "mul", "subtract": "sub", "divide": "div", "true_divide": "div", "floordiv": "floor_divide", "power": "pow",
            "mod": "remainder", "cmul": "mul", "cdiv": "div", "cadd": "add", "csub": "sub", "cpow": "pow", "cinv": "reciprocal",
            "cmax": "maximum", "cmin": "minimum", "cmod": "remainder", "absolute": "abs", "fabs": "abs", "negative": "neg",
            "sgn": "sign", "rint": "round", "fix": "trunc", "around": "round", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
            "arctan2": "atan2", "clip": "clamp", "clip_by_value": "clamp", "greater": "gt", "greater_equal": "ge", "less": "lt",
            "less_equal": "le", "not_equal": "ne", "invert": "logical_not", "is_nan": "isnan", "array_equal": "equal", "swish": "silu",
            "logsigmoid": "log_sigmoid", "leakyrelu": "leaky_relu",
            // Reductions and order
            "average": "mean", "sum_": "sum", "reduce_sum": "sum", "reduce_mean": "mean", "reduce_max": "max", "reduce_min": "min",
            "reduce_prod": "prod", "reduce_std": "std", "percentile": "quantile", "histogram": "histc", "digitize": "searchsorted",
            "bucketize": "searchsorted", "argwhere": "nonzero", "msort": "sort", "variance": "var", "nanvar": "var", "logsoftmax": "log_softmax",
            // Picking
            "take_along_dim": "take_along", "take_along_axis": "take_along", "indexSelect": "index_select", "maskedSelect": "masked_select",
            "maskedFill": "masked_fill", "indexAdd": "index_add", "indexCopy": "index_copy", "scatterAdd": "scatter_add",
            // Products
            "ger": "outer", "inner": "dot", "vdot": "dot", "convolve": "conv1d", "logdet": "tensor.linalg.slogdet",
            "inverse": "tensor.linalg.inv", "pinverse": "tensor.linalg.pinv", "gesv": "tensor.linalg.solve", "gels": "tensor.linalg.lstsq",
            "symeig": "tensor.linalg.eigh", "potrf": "tensor.linalg.cholesky",
            // Networks
            "sparse_categorical_crossentropy": "cross_entropy", "categorical_crossentropy": "cross_entropy",
            "binary_crossentropy": "binary_cross_entropy", "mean_squared_error": "mse_loss", "mean_absolute_error": "l1_loss",
            "mse": "mse_loss", "kl_divergence": "kl_div", "to_categorical": "one_hot", "normalize": "layer_norm",
        ]
        for name in ["inv", "det", "solve", "lstsq", "cholesky", "qr", "svd", "eig", "eigh", "slogdet", "pinv", "matrix_rank", "matrix_exp"] {
            names[name] = "tensor.linalg.\(name)"
        }
        return names
    }

    /// The same for methods and fields.
    static var foreignMethods: [String: String] {
        [
            "backwards": "backward", "numpy": "totable", "tolist": "totable", "toTable": "totable", "cuda": "to", "cpu": "to",
            "type": "to", "typeAs": "to", "type_as": "to", "astype": "to", "cast": "to", "nElement": "numel", "nelement": "numel",
            "nDimension": "dim", "ndimension": "dim", "ndim": "dim", "isContiguous": "is_contiguous", "double_": "double",
            "data": "detach", "copy": "clone", "fill": "fill_", "zero": "zero_", "assign": "copy_", "gradient": "grad",
            "requiresGrad": "requires_grad",
        ]
    }
}
