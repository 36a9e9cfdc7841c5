import Testing

/// Wrong calls and their exact messages.
@Suite struct ErrorTests {
    static let table: [(String, String)] = [
        ("local w = tensor.ones(10, 784)\nreturn tensor.ones(64, 784):matmul(w)",
            "test.lua:2: matmul: [64, 784] × [10, 784]: inner sizes 784 and 10 differ. Did you mean w:t()?"),
        ("nn.Linear(3)", "test.lua:1: nn.Linear: argument 2 'out_features' is missing, it must be an integer"),
        ("nn.Linear(3, 'ten')", "test.lua:1: nn.Linear: argument 2 'out_features' must be an integer, got string \"ten\""),
        ("nn.Linear(3, 2.5)", "test.lua:1: nn.Linear: argument 2 'out_features' must be an integer, got 2.5"),
        ("tensor.zeros(2):sum{axis=1}", "test.lua:1: tensor.sum: unknown option 'axis'. Did you mean 'dim'? Options: dim, keepdim, dtype"),
        ("return tensor.tensor{1}", "test.lua:1: tensor has no 'tensor'. Did you mean tensor(…)?"),
        ("return data.loader", "test.lua:1: data has no 'loader'. Did you mean data.DataLoader?"),
        ("metrics.accuracy({1}, {1})", "test.lua:1: metrics.accuracy: argument 1 'predictions' must be a tensor, got a table"),
        ("nn.ReLU().forward(tensor{1})", "test.lua:1: forward: the receiver must be a module, got a tensor [1] (a method is called with a colon: model:forward(x), or model(x))"),
        ("local B = nn.module('B') function B:__init() end B()", "test.lua:1: B: what makes a module is called init here: function B:init(…)"),
        ("tensor.cross_entropy(tensor{1, 2}, tensor.zeros(2, 3))", "test.lua:1: cross_entropy: the scores [2] come first and the targets [2, 3] behind them; were they exchanged?"),
        ("optim.SGD(nn.Linear(1, 1), {lr=1})", "test.lua:1: optim.SGD: argument 1 'params' must be a table of parameters, or of groups {params={…}, lr=…}, got nn.Linear; model:parameters() gives them"),
        ("optim.Adam(nn.Linear(1, 1):parameters(), {learning_rate=1})", "test.lua:1: optim.Adam: unknown option 'learning_rate'. Did you mean 'lr'? Options: lr, betas, eps, weight_decay, amsgrad, maximize, decoupled_weight_decay"),
        ("nn.ReLU():fit(tensor.zeros(2), tensor.zeros(2), {epochs=1})", "test.lua:1: nn.Module:fit: argument 1 'train' must be a data set (or a table with get(i) and size()), got a tensor [2]; data.TensorDataset(x, y) makes one of tensors"),
        ("nn.Linear(3, 2, {bais=false})", "test.lua:1: nn.Linear: unknown option 'bais'. Did you mean 'bias'? Options: bias"),
        ("return nn.SpatialConvolution", "test.lua:1: nn has no 'SpatialConvolution'. Did you mean nn.Conv2d?"),
        ("return tensor.arange", "test.lua:1: tensor has no 'arange'. Did you mean tensor.range?"),
        ("return tensor{1, 2} .. 'x'", "test.lua:1: ..: joins strings, not tensors. tensor.cat{a, b} joins tensors; tostring(x) gives text"),
        ("return tensor{1, 2} < 3", "test.lua:1: <: compares single numbers, this is [2]. a:lt(b) compares element by element"),
        ("return tensor{1, 2} == tensor{1, 2}", "test.lua:1: ==: [2] and [2]: compares single numbers only. a:eq(b) compares element by element, a:equal(b) compares all"),
        ("return tensor{1, 2}[0]", "test.lua:1: index: position 0 of [2]: positions start at 1, and -1 is the last"),
        ("return tensor{1, 2}[5]", "test.lua:1: index: position 5 is outside dimension 1 of [2] (valid: 1..2 or -2..-1)"),
        ("return tensor{{1, 2}, {3}}", "test.lua:1: tensor: argument 1 'values' is ragged: 1 element at [2] where 2 were expected"),
        ("return tensor.zeros(2, 3) + tensor.zeros(4)", "test.lua:1: add: [2, 3] and [4]: sizes 3 and 4 differ and neither is 1, so the shapes do not broadcast"),
        ("return tensor.zeros(3):sum(4)", "test.lua:1: sum: dimension 4 does not exist: the tensor has 1 dimension (1..1 or -1..-1)"),
        ("return tensor.zeros(2, 2):backward()", "test.lua:1: backward: the value depends on no tensor that requires gradients: nothing was marked with requires_grad, or the path was cut (item, detach, no_grad) [N09]"),
        ("local x = tensor({1, 2}, {requires_grad=true})\nlocal y = x * x\ny:backward()", "test.lua:3: backward() starts from one number; this is [2]. Try loss:mean(). [N09]"),
        ("local x = tensor({3}, {requires_grad=true})\nlocal y = x * x\ny:backward()\ny:backward()", "test.lua:4: mul: this graph was freed by backward() at test.lua:3. Compute the loss again, or pass {retain_graph=true}. [N08]"),
    ]

    @Test(arguments: table.indices)
    func message(_ index: Int) throws {
        let (text, expected) = ErrorTests.table[index]
        #expect(try Script().error(text) == expected)
    }
}
