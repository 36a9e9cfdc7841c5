import Testing

/// Layers, containers and modules of one's own as scripts use them; each text asserts for itself.
@Suite struct LayerTests {
    static let scripts: [(String, String)] = [
        ("recurrent layers return y, h and c", """
            local x = tensor.rand(5, 2, 3)
            local lstm, gru = nn.LSTM(3, 4, {num_layers=2}), nn.GRU(3, 4, {batch_first=true})
            local y, h, c = lstm(x)
            assert(y:size(3) == 4 and h:size(1) == 2 and c:size(1) == 2 and select("#", lstm(x)) == 3)
            local first, h1, c1 = lstm(x["1:2"])
            local second = lstm(x["3:5"], {h1, c1})
            assert(tensor.cat({first, second}):allclose(y))
            local z, g = gru(x:transpose(1, 2))
            assert(z[{{}, -1}]:allclose(g[1]) and select("#", gru(x)) == 2)
            -- With lengths the state is that of each sequence's last step, and y is 0 behind it.
            local y, h = lstm(x, nil, {lengths={5, 2}})
            assert(y[{{3, 5}, 2}]:abs():sum():item() == 0 and y[{2, 2}]:allclose(h[{2, 2}]))
            lstm:register_forward_hook(function(module, input, output) assert(#output == 3 and input:size(1) == 2) end)
            local alone = lstm(x["1:2, 2:2"])
            assert(alone[{{}, 1}]:allclose(y[{{1, 2}, 2}]))
            """),
        ("cells return states", """
            local x, lstm, gru = tensor.rand(2, 3), nn.LSTMCell(3, 4), nn.GRUCell(3, 4)
            local h, c = lstm(x)
            local h2, c2 = lstm(x, {h, c})
            assert(h2:size(2) == 4 and not c2:equal(c) and select("#", lstm(x)) == 2)
            local s = gru(x)
            assert(select("#", gru(x, s)) == 1 and gru(x, s):size(1) == 2)
            """),
        ("attention returns output and weights; true blocks", """
            local attn = nn.MultiheadAttention(8, 2, {batch_first=true}):eval()
            local x = tensor.rand(2, 5, 8)
            local y, w = attn(x, x, x)
            assert(w:sum(-1):allclose(tensor.ones(2, 5)))
            local padding = tensor.zeros(2, 5, {dtype="bool"})
            padding[{1, 5}] = true
            local _, blocked = attn(x, x, x, {key_padding_mask=padding})
            assert(blocked[{1, {}, 5}]:abs():sum():item() == 0 and blocked[{2, {}, 5}]:min():item() > 0)
            local causal = attn(x, x, x, {is_causal=true, need_weights=false})
            local masked = attn(x, x, x, {attn_mask=tensor.ones(5, 5, {dtype="bool"}):triu(1)})
            assert(causal:allclose(masked, 1e-5, 1e-6) and select("#", attn(x, x, x, {need_weights=false})) == 2)
            """),
        ("ids and offsets count from 1", """
            local e = nn.Embedding(5, 3, {padding_idx=1})
            assert(e(tensor{1}):abs():sum():item() == 0 and e(tensor{5}):equal(e.weight[{{5, 5}}]))
            local bag = nn.EmbeddingBag(5, 3, {mode="sum"})
            local y = bag(tensor{1, 2, 3}, tensor{1, 3})
            assert(y[1]:allclose(bag.weight[1] + bag.weight[2]) and y[2]:equal(bag.weight[3]))
            -- Also inside other modules.
            assert(nn.Sequential{e, nn.Flatten()}(tensor{{5, 1}})[{1, {1, 3}}]:equal(e.weight[5]))
            """),
        ("containers", """
            local list = nn.ModuleList{nn.Linear(2, 2)}
            list:append(nn.ReLU()):append(nn.Linear(2, 1))
            local count = 0
            for i, layer in ipairs(list) do assert(layer == list[i]) count = count + 1 end
            assert(count == 3 and #list == 3 and list[-1] == list[3] and list[4] == nil)
            local dict = nn.ModuleDict{b=nn.ReLU(), a=nn.Linear(1, 1)}
            dict.c = nn.Tanh()
            local names = {}
            for name, module in pairs(dict) do names[#names + 1] = name assert(dict[name] == module) end
            assert(table.concat(names) == "abc" and #dict == 3)
            assert(nn.ModuleDict{{"z", nn.ReLU()}, {"y", nn.ReLU()}}:children()[1] ~= nil)
            local params = nn.ParameterList{tensor.zeros(2), nn.Parameter(tensor.ones(1))}
            params:append(tensor.zeros(3))
            assert(#params == 3 and params[2]:item() == 1 and #params:parameters() == 3 and params[1].requires_grad)
            assert(nn.Parallel{nn.Linear(2, 3), nn.Linear(2, 4)}(tensor.zeros(5, 2)):size(2) == 7)
            assert(nn.Reshape(2, -1)(tensor.zeros(5, 6)):size(3) == 3)
            """),
        ("functions as modules survive collection and cloning", """
            local model = nn.Sequential{nn.Linear(2, 3), nn.Lambda(function(x) return x * 2 end)}
            collectgarbage() collectgarbage()
            local copy = model:clone()
            local x = tensor.rand(4, 2)
            local y = model(x)
            model = nil
            collectgarbage() collectgarbage()
            assert(copy(x):equal(y))
            """),
        ("modules of one's own", """
            local Block = nn.module("Block")
            function Block:init(dim)
              self.norm = nn.LayerNorm(dim)
              self.blocks = {nn.Linear(dim, dim), nn.Linear(dim, dim)}
              self.list = nn.ModuleList{nn.Linear(dim, dim)}
              self.weights = nn.ParameterList{nn.Parameter(tensor.ones(dim))}
              self.scale = nn.Parameter(tensor.ones(1))
              self:register_buffer("steps", tensor.zeros(1))
            end
            function Block:forward(x)
              if self.training then self.steps:add_(1) end
              for _, layer in ipairs(self.blocks) do x = x + layer(x) end
              return self.list[1](self.norm(x)) * self.weights[1] * self.scale
            end
            local inner = Block(3)
            local model = nn.Sequential{nn.Linear(2, 3), inner, nn.Sequential{Block(3)}}
            local names = {}
            for name in pairs(model:state_dict()) do names[#names + 1] = name end
            assert(table.concat(names, " ", 3, 13) == "1.scale 1.steps 1.norm.weight 1.norm.bias 1.blocks.0.weight 1.blocks.0.bias 1.blocks.1.weight 1.blocks.1.bias 1.list.0.weight 1.list.0.bias 1.weights.0", table.concat(names, " "))
            assert(#names == 24 and names[24] == "2.0.weights.0")
            local x = tensor.rand(4, 2)
            model(x):sum():backward()
            for name, p in model:named_parameters() do assert(p.grad, name) end
            assert(inner.steps:item() == 1 and not model:eval().training and not inner.training)
            model(x)
            assert(inner.steps:item() == 1)
            -- Frozen, thawed, converted, copied.
            assert(not inner:freeze().scale.requires_grad and inner:unfreeze().scale.requires_grad)
            local copy = model:clone()
            assert(copy[2] ~= inner and not rawequal(copy[2].scale, inner.scale) and copy(x):equal(model(x)))
            assert(model:to("float64")[2].blocks[1].weight.dtype == "float64" and inner.steps.dtype == "float64")
            assert(copy[2].scale.dtype == "float32")
            -- Hooks see and replace what comes out, also of layers inside tables.
            local seen = 0
            local hook = copy[2].blocks[1]:register_forward_hook(function(m, x, y) seen = seen + 1 return y * 0 end)
            copy(x) hook:remove() copy(x)
            assert(seen == 1)
            -- Counted and shown.
            local summary = copy:summary{2}
            assert(summary.parameters == 105 and tostring(summary):find("blocks.0", 1, true) or tostring(summary):find("Block", 1, true))
            assert(copy[2].steps:item() == 1 and not copy.training)
            """),
        ("weights computed from others are trained, saved and copied", """
            local layer = nn.utils.weight_norm(nn.Linear(3, 2))
            local x = tensor.rand(4, 3)
            local before = layer(x)
            local opt = optim.SGD(layer:parameters(), {lr=0.1})
            layer(x):sum():backward()
            opt:step()
            assert(not layer(x):allclose(before) and layer.weight_g.grad)
            local copy = layer:clone()
            assert(copy(x):equal(layer(x)) and not rawequal(copy.weight_v, layer.weight_v))
            nn.utils.remove_weight_norm(copy)
            assert(copy(x):allclose(layer(x)) and #copy:parameters() == 2)
            local sn = nn.utils.spectral_norm(nn.Linear(6, 4), {n_power_iterations=50}):train()
            sn(tensor.rand(1, 6))
            assert(math.abs(tensor.linalg.norm(sn.weight, 2):item() - 1) < 1e-3)
            """),
        ("clipping", """
            local layer = nn.Linear(3, 2)
            layer(tensor.ones(1, 3)):sum():backward()
            local before = nn.utils.clip_grad_norm_(layer:parameters(), 0.5)
            assert(math.abs(before:item() - math.sqrt(8)) < 1e-5)
            assert(math.abs(nn.utils.clip_grad_norm_(layer, 9):item() - 0.5) < 1e-5)
            nn.utils.clip_grad_value_(layer:parameters(), 0.1)
            assert(math.abs(layer.bias.grad[1]:item() - 0.1) < 1e-7)
            local v = nn.utils.parameters_to_vector(layer:parameters())
            nn.utils.vector_to_parameters(v * 2, layer:parameters())
            assert(nn.utils.parameters_to_vector(layer:parameters()):equal(v * 2))
            """),
        ("dropout is reproducible and exact in expectation", """
            for _, layer in ipairs{nn.Dropout(0.3), nn.Dropout2d(0.3), nn.AlphaDropout(0.3), nn.TransformerEncoderLayer(4, 2, 8)} do
              local x = tensor.randn(3, 5, 4, 4):select(1, 1)
              tensor.manual_seed(4) local a = layer(x)
              tensor.manual_seed(4) local b = layer(x)
              assert(a:equal(b) and not layer(x):equal(a))
              layer:eval()
              assert(layer(x):equal(layer(x)))
            end
            local lstm = nn.LSTM(3, 4, {num_layers=2, dropout=0.5})
            local x = tensor.rand(5, 2, 3)
            tensor.manual_seed(4) local a = lstm(x)
            tensor.manual_seed(4) assert(lstm(x):equal(a) and not lstm(x):equal(a))
            lstm:eval() assert(lstm(x):equal((lstm(x))))
            local ones = tensor.ones(200, 50, 4, 4)
            for _, layer in ipairs{nn.Dropout(0.25), nn.Dropout2d(0.25)} do
              local y = layer(ones)
              assert(math.abs(y:mean():item() - 1) < 0.03 and y:unique():numel() == 2)
            end
            local y = nn.AlphaDropout(0.25)(tensor.randn(400, 500))
            assert(math.abs(y:mean():item()) < 0.02 and math.abs(y:std():item() - 1) < 0.02)
            """),
    ]

    @Test(arguments: scripts.indices)
    func script(_ index: Int) throws {
        let message = try Script().error(LayerTests.scripts[index].1)
        #expect(message == nil, "\(LayerTests.scripts[index].0)")
    }

    @Test func summaryExplainsEachCount() throws {
        let text = try printed("print(nn.Sequential{nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)}:summary())")
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines == [
            "layer output parameters bytes multiply-adds",
            "Sequential [1, 10]",
            "0 Linear(784, 128) [1, 128] 784×128 + 128 = 100,480 401,920 100,352",
            "1 ReLU [1, 128]",
            "2 Linear(128, 10) [1, 10] 128×10 + 10 = 1,290 5,160 1,280",
            "101,770 parameters, 407 KB; 101,632 multiply-adds per example",
        ])
        // Recurrent layers, attention and embeddings too.
        let rows = try printed("""
            local model = nn.Sequential{nn.Embedding(50, 8), nn.LSTM(8, 16, {batch_first=true}), nn.TransformerEncoderLayer(16, 2, {dim_feedforward=32, batch_first=true})}
            for _, row in ipairs(model:summary{10}.rows) do print(row.kind, row.formula, row.parameters, row.multiply_adds) end
            """).split(separator: "\n").map(String.init)
        #expect(rows[1] == "Embedding\t50×8\t400\t0")
        #expect(rows[2] == "LSTM\t8×64 + 16×64 + 64 + 64\t1664\t15360")
        #expect(rows[4] == "MultiheadAttention\t16×48 + 48\t816\t10880")
        #expect(rows[5] == "Linear\t16×16 + 16\t272\t2560")
    }

    @Test func attentionNeverHoldsAllScores() throws {
        let bytes = try Script().run("""
            local attn, x = nn.MultiheadAttention(32, 2, {batch_first=true}), tensor.randn(1, 2048, 32):requires_grad_()
            collectgarbage() collectgarbage()
            nj.reset_peak_memory()
            local before = nj.memory().tensor
            attn(x, x, x, {need_weights=false, is_causal=true}):sum():backward()
            return nj.memory().peak - before
            """).first?.int ?? .max
        // One matrix of scores would take 16.8 MB for each head.
        #expect(bytes < 8_000_000)
    }
}

/// Hints on likely mistakes in models: that they come, and that they do not come without need.
@Suite struct LayerHintTests {
    private static let classes = """
        local blocks = {nn.Linear(2, 2)}
        local B = nn.module("B")
        function B:init() self.head = nn.Linear(2, 1) self.scale = tensor.ones(1):requires_grad_() end
        function B:forward(x) return self.head(blocks[1](x)) * self.scale end
        local x = tensor.rand(3, 2)
        local function step(model, opt) opt:zero_grad() model(x):sum():backward() opt:step() end

        """
    static let table: [(String, [String])] = [
        ("local m = B() local opt = optim.SGD(m:parameters(), {lr=0.1}) for i = 1, 3 do step(m, opt) end",
            ["test.lua:6: forward of B used 3 tensors that need gradients but are not in the optimizer: blocks[1].weight, blocks[1].bias, self.scale. "
                + "Set modules and nn.Parameter(…) as fields of self, so that parameters() finds them. [N10]"]),
        // Two optimizers share the work; parameters were frozen; gradients only pass through another model.
        ("local m = B() local a = optim.SGD(m:parameters(), {lr=0.1}) local b = optim.SGD({m.scale, blocks[1].weight, blocks[1].bias}, {lr=0.1}) step(m, a) b:step()", []),
        ("local m = B() m.scale = nn.Parameter(m.scale) blocks[1]:freeze() step(m, optim.SGD(m:parameters(), {lr=0.1}))", []),
        ("local C = nn.module('C') function C:init() self.l = nn.Linear(2, 2) end function C:forward(x) return self.l(x) end\nlocal g, d = C(), C() local og = optim.SGD(g:parameters(), {lr=0.1}) local od = optim.SGD(d:parameters(), {lr=0.1}) d(g(x)):sum():backward() od:step() og:step()", []),
        ("nn.Sequential{nn.Linear(2, 8), nn.Linear(8, 2)}(x)", ["test.lua:7: Linear → Linear without an activation between equals one Linear (layers 1 and 2). Add nn.ReLU(). [N16]"]),
        ("nn.Sequential{nn.Linear(2, 1), nn.Linear(1, 2)}(x) nn.Sequential{nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2)}(x)", []),
        ("local m = nn.Sequential{nn.Linear(2, 2), nn.Softmax()} local loss = nn.CrossEntropyLoss() for i = 1, 2 do loss(m(x), tensor{1, 2, 1}) end",
            ["test.lua:7: cross_entropy applies log-softmax itself; the model already ends in Softmax. Remove that layer. [N04]"]),
        ("nn.NLLLoss()(nn.Sequential{nn.Linear(2, 2), nn.LogSoftmax()}(x), tensor{1, 2, 1})", []),
        ("nn.Sequential{nn.Linear(2, 1), nn.Softmax()}(x)", ["test.lua:7: softmax over one value is always 1 (layer 2). Use Sigmoid with BCELoss, or two outputs. [N05]"]),
        ("nn.Sequential{nn.Linear(2, 1), nn.Softmax(1)}(x)", []),
        // A step without gradients, and gradients that pile up: once, and not where it is meant or was cleared in another way.
        ("local m = nn.Linear(2, 1) local opt = optim.SGD(m:parameters(), {lr=0.1}) for i = 1, 2 do opt:step() end",
            ["test.lua:7: opt:step() changed nothing: 2 of 2 parameters have no gradient. Call loss:backward() first. [N07]"]),
        ("local m = nn.Linear(2, 1) local opt = optim.SGD(m:parameters(), {lr=0.1}) for i = 1, 3 do m(x):sum():backward() opt:step() end",
            ["test.lua:7: second step without zero_grad(): gradients now add up 2 batches. Call opt:zero_grad(), or say opt:step{accumulate=true}. [N06]"]),
        ("local m = nn.Linear(2, 1) local opt = optim.SGD(m:parameters(), {lr=0.1}) for i = 1, 3 do m(x):sum():backward() opt:step{accumulate=true} end", []),
        ("local m = nn.Linear(2, 1) local opt = optim.SGD(m:parameters(), {lr=0.1}) for i = 1, 3 do m(x):sum():backward() m(x):sum():backward() opt:step() m:zero_grad() end", []),
        ("local m = nn.Linear(2, 1) local opt = optim.SGD(m:parameters(), {lr=0.1}) for i = 1, 3 do m(x):sum():backward() opt:step() for _, p in ipairs(m:parameters()) do p.grad:zero_() end end", []),
        ("local m = nn.Linear(2, 1) local opt = optim.SGD(m:parameters(), {lr=0.1}) for i = 1, 3 do m(x):sum():backward() opt:step() opt:zero_grad{set_to_none=false} end", []),
        ("local m, other = nn.Linear(2, 1), nn.Linear(2, 1) m:fit(data.TensorDataset(tensor.ones(8, 2), tensor.ones(8, 1)), {loss='mse', verbose=false, optimizer=optim.SGD(other:parameters(), {lr=0.1})})", ["N10"]),
        // A training that diverges, one that learns by heart, a validation of one class, and one where all is well.
        ("local w = nn.Linear(2, 1) w:fit(data.TensorDataset(tensor.ones(80, 2), tensor.ones(80, 1)), {batch_size=8, loss='mse', verbose=false, optimizer=optim.SGD(w:parameters(), {lr=2})})", ["N13"]),
        ("local m = nn.Linear(2, 2) local y = tensor.cat{tensor.ones(20), tensor.full({20}, 2)}:long() local all = data.TensorDataset(tensor.rand(40, 2), y, {classes={'a', 'b'}}) m:fit(all, {loss='cross_entropy', verbose=false, validation=data.TensorDataset(tensor.rand(9, 2), tensor.ones(9):long(), {classes={'a', 'b'}})})", ["N18"]),
        ("local m = nn.Linear(2, 2) local all = data.TensorDataset(tensor.rand(40, 2), tensor.randint(1, 2, {40}), {classes={'a', 'b'}}) m:fit(all, {epochs=3, loss='cross_entropy', verbose=false, validation=0.3, seed=1})", []),
        ("local w = nn.Linear(1, 1) w:fit(data.TensorDataset(tensor{{1}, {2}}, tensor{{1}, {2}}), {epochs=9, loss='mse', verbose=false, optimizer=optim.SGD(w:parameters(), {lr=0.01}), validation=data.TensorDataset(tensor{{1}, {2}}, tensor{{-9}, {-18}})})", ["N19"]),
    ]

    @Test(arguments: table.indices)
    func hints(_ index: Int) throws {
        let script = try Script()
        var heard: [String] = []
        script.session.presentation.hint = { heard.append($0) }
        try script.run(LayerHintTests.classes + LayerHintTests.table[index].0)
        let wanted = LayerHintTests.table[index].1
        // A code alone stands for a hint that ends in it.
        #expect(heard.count == wanted.count && zip(heard, wanted).allSatisfy { $1.count == 3 ? $0.hasSuffix("[\($1)]") : $0 == $1 }, "\(heard)")
    }
}
