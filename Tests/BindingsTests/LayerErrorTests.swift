import Testing

/// Wrong calls of layers, losses and utilities, and their exact messages.
@Suite struct LayerErrorTests {
    static let table: [(String, String)] = [
        // Inputs that do not fit, with the layer's place in the model.
        ("return nn.Sequential{nn.ReLU(), nn.Dropout(), nn.Linear(784, 10)}(tensor.zeros(64, 28, 28))",
            "Linear (layer 3) takes 784 values per example but got [64, 28, 28]. 28×28 = 784: put nn.Flatten() before it. [N01]"),
        ("local N = nn.module('N')\nfunction N:init() self.fc1 = nn.Linear(784, 10) end\nfunction N:forward(x) return self.fc1(x) end\nreturn N()(tensor.zeros(64, 28, 28))",
            "test.lua:3: Linear \"fc1\" takes 784 values per example but got [64, 28, 28]. 28×28 = 784: put nn.Flatten() before it. [N01]"),
        ("local N = nn.module('N')\nfunction N:init() self.net = nn.Sequential{nn.ReLU(), nn.Linear(5, 2)} end\nfunction N:forward(x) return self.net(x) end\nreturn N()(tensor.zeros(2, 4))",
            "test.lua:3: Linear \"net\" (layer 2) takes 5 values per example but got [2, 4]. [N01]"),
        ("return nn.Linear(784, 10)(tensor.zeros(28, 28))", "Linear takes 784 values per example but got [28, 28]. This is one example: x:reshape(1, 784). [N01]"),
        ("return nn.Linear(784, 10)(tensor.zeros(784, 3))", "Linear takes 784 values per example but got [784, 3]. Did you mean x:t()? [N01]"),
        ("return nn.Linear(4, 10)(tensor.zeros(3, 5))", "Linear takes 4 values per example but got [3, 5]. [N01]"),
        ("return nn.Conv2d(3, 4, 3)(tensor.zeros(2, 8, 8, 3))", "Conv2d takes [N, 3, H, W] but got [2, 8, 8, 3]. The channels come last: x:movedim(-1, 2). [N01]"),
        ("return nn.Conv2d(1, 4, 3)(tensor.zeros(2, 8, 8))", "Conv2d takes [N, 1, H, W] but got [2, 8, 8]. Add a dimension for the channel: x:unsqueeze(2). [N01]"),
        ("return nn.Conv2d(1, 4, 3)(tensor.zeros(2, 784))", "Conv2d takes [N, 1, H, W] but got [2, 784]. 784 = 1×28×28: put nn.Reshape(1, 28, 28) before it. [N01]"),
        ("return nn.Conv1d(4, 4, 3)(tensor.zeros(2, 3, 9))", "Conv1d takes [N, 4, L] but got [2, 3, 9]. [N01]"),
        ("return nn.BatchNorm1d(3)(tensor.zeros(2, 3, 4, 4))", "BatchNorm1d takes [N, C] or [N, C, L] with C = 3 but got [2, 3, 4, 4]. For pictures there is nn.BatchNorm2d. [N01]"),
        ("return nn.BatchNorm2d(3)(tensor.zeros(2, 4, 5, 5))", "BatchNorm2d takes [N, C, H, W] with C = 3 but got [2, 4, 5, 5]. [N01]"),
        ("return nn.LSTM(28, 4)(tensor.zeros(2, 1, 28, 28))", "LSTM takes [T, N, 28] but got [2, 1, 28, 28]. Take out the dimension of size 1: x:squeeze(2). [N01]"),
        // Calls with more than tensors.
        ("return nn.LSTM(3, 4)(tensor.zeros(5, 2, 3), tensor.zeros(1, 2, 4))", "LSTM: argument 2 'states' must be a table {h, c} of two tensors, got a tensor [1, 2, 4]"),
        ("return nn.GRU(3, 4)(tensor.zeros(5, 2, 3), {tensor.zeros(1, 2, 4)})", "GRU: argument 2 'h' must be a tensor, got a table"),
        ("return nn.GRU(3, 4)(tensor.zeros(5, 2, 3), nil, {lenghts={5, 2}})", "GRU: unknown option 'lenghts'. Did you mean 'lengths'? Options: h, lengths"),
        ("return nn.GRU(3, 4)(tensor.zeros(5, 2, 3), nil, {lengths={5, 9}})", "gru: lengths must be 2 numbers from 1 to 5"),
        ("return nn.GRU(3, 4)(tensor.zeros(5, 2, 3), tensor.zeros(1, 2, 5))", "gru: [5, 2, 3] and [1, 2, 5]: the first states must be [1, 2, 4]"),
        ("return nn.GRU(3, 4)()", "GRU: argument 1 'input' is missing, it must be a tensor"),
        ("return nn.GRU(3, 4):forward('x')", "GRU: argument 1 'input' must be a tensor, got string \"x\""),
        ("return nn.LSTMCell(3, 4)(tensor.zeros(2, 3), tensor.zeros(2, 4))", "LSTMCell: argument 2 'states' must be a table {h, c} of two tensors, got a tensor [2, 4]"),
        ("local x = tensor.zeros(2, 1, 8)\nreturn nn.MultiheadAttention(8, 2)(x)", "test.lua:2: MultiheadAttention: argument 2 'key' is missing, it must be a tensor"),
        ("local x = tensor.zeros(2, 1, 8)\nreturn nn.MultiheadAttention(8, 2)(x, x, x, {mask=x})", "test.lua:2: MultiheadAttention: unknown option 'mask'. Options: key_padding_mask, need_weights, attn_mask, average_attn_weights, is_causal"),
        ("local x = tensor.zeros(2, 1, 8)\nreturn nn.MultiheadAttention(8, 2)(x, x, x, {attn_mask=tensor.zeros(3, 3)})", "test.lua:2: MultiheadAttention: [3, 3]: attn_mask must be [2, 2] or [2, 2, 2]"),
        // Making layers.
        ("return nn.MultiheadAttention(8, 3)", "MultiheadAttention: embed_dim 8 cannot be split into 3 heads"),
        ("return nn.TransformerEncoder(nn.Linear(2, 2), 2)", "nn.TransformerEncoder: encoder_layer must be an nn.TransformerEncoderLayer, got nn.Linear"),
        ("return nn.TransformerEncoderLayer(8, 2, {activation='tanh'})", "nn.TransformerEncoderLayer: option 'activation' must be \"relu\", \"gelu\", a function or a module, got string \"tanh\""),
        ("return nn.RNN(3, 4, {nonlinearity='sigmoid'})", "nn.RNN: option 'nonlinearity' must be one of \"tanh\", \"relu\", got string \"sigmoid\""),
        ("return nn.LSTM(3, 4, 0)", "LSTM: num_layers must be at least 1, not 0"),
        ("return nn.Dropout(1.5)", "Dropout: p must be between 0 and 1, got 1.5"),
        ("return nn.Embedding(5, 2, {padding_idx=0})", "nn.Embedding: option 'padding_idx' is 0, but positions start at 1 (and -1 is the last)"),
        ("return nn.Conv2d(3, 4, 3, {groups=2})", "Conv2d: 3 and 4 channels cannot be split into 2 groups"),
        ("return nn.Upsample()", "Upsample: needs a size or a scale_factor"),
        ("return nn.ZeroPad2d{1, 2}", "ZeroPad2d: padding must be one number or left, right, top and bottom, got [1, 2]"),
        ("return nn.AdaptiveAvgPool2d{1, 2, 3}", "AdaptiveAvgPool2d: output_size must be one number or 2, got 1, 2, 3"),
        ("return nn.ModuleDict{fit=nn.ReLU()}", "ModuleDict: 'fit' is a method of modules; choose another name"),
        ("return nn.ModuleDict{1, 2}", "nn.ModuleDict: argument 1 'modules' must hold modules by name, got a number without one"),
        ("return nn.ModuleList{nn.ReLU(), 3}", "nn.ModuleList: argument 1 'modules' must be a list of modules, got 3 at position 2"),
        ("local l = nn.ModuleList{} return l:append(l)", "field '0': a module cannot be put inside itself"),
        ("return nn.ReLU():append(nn.ReLU())", "append: only nn.Sequential and nn.ModuleList take modules one by one, this is nn.ReLU"),
        ("return nn.ModuleList{nn.ReLU()}(tensor.zeros(2))", "ModuleList: this module has no forward for one input"),
        ("return nn.ModuleList{nn.ReLU()}[3]", "module 3 is out of range 1..1 (or -1..-1 from the end)"),
        ("local N = nn.module('N')\nfunction N:init() self.w = nn.Parameter(tensor.zeros(2)) end\nN().w = tensor.ones(2)", "test.lua:3: field 'w': holds a parameter, which takes nn.Parameter(tensor), or nil to remove it"),
        ("local l = nn.ReLU()\nl:register_forward_hook(function() return 3 end)\nreturn l(tensor{1})", "test.lua:3: register_forward_hook: the hook must return a tensor, a table of tensors or nothing, it returned a number"),
        // Labels, ids and losses.
        ("return nn.Embedding(5, 2)(tensor{0, 4})", "embedding: id 0 in row 1 is outside 1..5 (5 rows). All ids lie in 0..4, shifted by one: use y + 1"),
        ("return nn.Embedding(5, 2)(tensor{1.5})", "Embedding: the ids must hold whole numbers, got 1.5 at place 1"),
        ("return nn.MultiMarginLoss()(tensor{{0.1, 0.2}, {1, 2}}, tensor{0, 1})", "MultiMarginLoss: label 0 in row 1 is outside 1..2 (2 classes). All labels lie in 0..1, shifted by one: use y + 1 [N03]"),
        ("return nn.TripletMarginLoss()(tensor{{1}}, tensor{{1}})", "TripletMarginLoss: takes an anchor, a positive and a negative, got 2 inputs"),
        ("return nn.MarginRankingLoss()(tensor{1}, tensor{1}, tensor{1, 2})", "MarginRankingLoss: [1] and [1] and [2]: both inputs and the target must have the same shape"),
        ("return nn.GaussianNLLLoss()(tensor{1}, tensor{1}, tensor{-1})", "GaussianNLLLoss: the variance holds a negative number"),
        ("return nn.CTCLoss()(tensor.zeros(4, 1, 3), tensor{{1, 2}}, {4}, {2})", "CTCLoss: a target is the blank, which stands for no label"),
        ("return nn.CTCLoss()(tensor.zeros(4, 1, 3), tensor{{2, 4}}, {4}, {2})", "CTCLoss: label 4 in row 1 is outside 1..3 (3 classes) [N03]"),
        ("return nn.CTCLoss()(tensor.zeros(4, 1, 3), tensor{{2, 3}}, {5}, {2})", "CTCLoss: lengths of inputs must be at most 4, those of targets at most their number"),
        // Initialisers and utilities.
        ("return nn.init.xavier_uniform_(tensor.zeros(3))", "xavier_uniform_: [3]: a weight needs at least 2 dimensions, [out, in]"),
        ("return nn.init.kaiming_normal_(tensor.zeros(3, 3), {nonlinearity='swish'})",
            "nn.init.kaiming_normal_: option 'nonlinearity' must be one of \"linear\", \"conv1d\", \"conv2d\", \"conv3d\", \"conv_transpose1d\", \"conv_transpose2d\", \"conv_transpose3d\", \"sigmoid\", \"tanh\", \"relu\", \"leaky_relu\", \"selu\", got string \"swish\""),
        ("return nn.init.he_uniform_", "nn.init has no 'he_uniform_'. Did you mean nn.init.kaiming_uniform_?"),
        ("return nn.utils.weight_norm(nn.ReLU())", "weight_norm: ReLU is no layer with a parameter 'weight'; it has none"),
        ("return nn.utils.remove_weight_norm(nn.Linear(2, 2))", "remove_weight_norm: Linear has no parameter 'weight' that is computed"),
        ("return nn.utils.vector_to_parameters(tensor.zeros(2), nn.Linear(2, 2):parameters())", "vector_to_parameters: [2]: the parameters need a vector of 6 elements"),
        ("return nn.Linear(2, 2):summary{3}", "Linear takes 2 values per example but got [1, 3]. [N01]"),
    ]

    @Test(arguments: table.indices)
    func message(_ index: Int) throws {
        let (text, expected) = LayerErrorTests.table[index]
        let message = try Script().error(text), wanted = expected.hasPrefix("test.lua:") ? expected : "test.lua:1: " + expected
        #expect(message == wanted)
    }
}
