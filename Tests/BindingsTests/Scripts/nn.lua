-- Every statement of the contract on modules, layers, losses, initialisation and utilities, as a line that holds;
-- values are PyTorch's. (optim.lua and training.lua hold the rest of the section.)
local T = tensor
local function L(first, last, ...)
    local n = 1
    for _, size in ipairs{...} do n = n * size end
    return T.linspace(first, last, n):reshape(...)
end
local function set(p, value) autograd.no_grad(function() p:copy_(value) end) end
--- Parameters that PyTorch can be given as well: from -0.5 to 0.5.
local function fill(module)
    for _, p in ipairs(module:parameters()) do set(p, L(-0.5, 0.5, table.unpack(p.shape))) end
    return module
end
local function names(iterator) local t = {} for name in iterator do t[#t + 1] = name end return table.concat(t, " ") end
local function keys(module) local t = {} for name in pairs(module:state_dict()) do t[#t + 1] = name end return table.concat(t, " ") end
local function flat(...) local t = {} for i, x in ipairs{...} do t[i] = x:flatten() end return table.unpack(t) end

-- Modules
local model = nn.Sequential{nn.Linear(3, 2), nn.ReLU(), nn.BatchNorm1d(2)}
same(model(T.ones(4, 3)).shape, {4, 2}); same(model:forward(T.ones(4, 3)).shape, {4, 2})
same(#model:parameters(), 4); same(names(model:named_parameters()), "0.weight 0.bias 2.weight 2.bias")
same(#model:buffers(), 3); same(names(model:named_buffers()), "2.running_mean 2.running_var 2.num_batches_tracked")
same(#model:children(), 3); same(names(model:named_children()), "0 1 2"); same(#model:modules(), 4); same(names(model:named_modules()), " 0 1 2")
same(keys(model), "0.weight 0.bias 2.weight 2.bias 2.running_mean 2.running_var 2.num_batches_tracked")
same(model:state_dict()["2.num_batches_tracked"].dtype, "int64"); same(model[1].weight.shape, {2, 3}); same(nn.Conv2d(4, 6, {1, 2}, {groups = 2}).weight.shape, {6, 2, 1, 2})
same(model.training, true); same(model:eval().training, false); same(model[3].training, false); same(model:train()[3].training, true); same(model:train(false)[1].training, false)
model.training = true; same(model.training, true); same(model[1].training, false); model:train()
model(T.ones(4, 3)):sum():backward(); same(model[1].weight.grad.shape, {2, 3}); model:zero_grad(); same(model[1].weight.grad, nil)
same(model:to("float64")[1].weight.dtype, "float64"); same(model[3].num_batches_tracked.dtype, "int64"); same(model:float()[1].weight.dtype, "float32"); same(model:double()[3].running_mean.dtype, "float64"); model:float()
local seen = {}
model:apply(function(m) seen[#seen + 1] = m end); same(#seen, 4); same(seen[4] == model, true)
same(model:freeze()[1].weight.requires_grad, false); same(model:unfreeze()[1].weight.requires_grad, true); same(model:requires_grad_(false)[1].bias.requires_grad, false); model:requires_grad_()
local copy = model:clone(); same(copy[1].weight:equal(model[1].weight), true); same(copy[1] == model[1], false)
same(model:summary{3}.parameters, 12)
local path = os.tmpname(); model:save(path); set(copy[1].weight, T.zeros(2, 3)); copy:load(path); same(copy[1].weight:equal(model[1].weight), true); os.remove(path)
copy:load_state_dict(model:state_dict())
fails("missing \"bias\"; unexpected \"bar\", \"foo\"", function() nn.Linear(1, 1):load_state_dict{weight = T{{1}}, foo = T{1}, bar = T{2}} end)
fails("\"weight\" has shape [2, 1], expected [1, 1]", function() nn.Linear(1, 1):load_state_dict({weight = T{{1}, {2}}}, {strict = false}) end)
local missing, unexpected = nn.Linear(1, 1):load_state_dict({weight = T{{1}}, foo = T{1}}, {strict = false}); same(missing, {"bias"}); same(unexpected, {"foo"})
same(model:state_dict()["0.weight"].requires_grad, false)
local hook = model[1]:register_forward_hook(function(m, x, y) same(m == model[1], true); return y * 0 end)
same(model[1](T.ones(1, 3)), {{0, 0}}); hook:remove(); same(model[1](T.ones(1, 3)):equal(T.zeros(1, 2)), false)

-- Own modules
local Block = nn.module("Block")
function Block:init(dim, shortcut)
    self.fc = nn.Linear(dim, dim)
    if shortcut then self.shortcut = nn.Linear(dim, dim) end
    self.blocks = {nn.Linear(dim, 1), {nn.ReLU(), scale = nn.Parameter(T.ones(1))}}
    self.w, self.count = nn.Parameter(T.ones(dim)), 3
    self:register_buffer("mean", T.zeros(dim))
end
function Block:forward(x, factor)
    if self.shortcut then x = x + self.shortcut(x) end
    return x + self.fc(x), factor, "text"
end
local block = Block(2)
same(block.shortcut, nil); same(block.nothing, nil); same(block[1], nil); same(block.count, 3); same(block.training, true)
same(keys(block), "blocks.1.scale w mean fc.weight fc.bias blocks.0.weight blocks.0.bias")
same(#Block(2, true):parameters(), #block:parameters() + 2)
local y, factor, text = block(T.ones(1, 2), 7); same(y.shape, {1, 2}); same(factor, 7); same(text, "text")
block.fc = nil; same(keys(block), "blocks.1.scale w mean blocks.0.weight blocks.0.bias"); same(block.fc, nil)
block.w = nil; same(#block:parameters(), 3); block.mean = nil; same(#block:buffers(), 0)
fails("nn.Parameter", function() local b = Block(2); b.w = T.ones(2) end)
fails("inside itself", function() block.own = block end)
fails("modules and parameters need names", function() block[1] = nn.ReLU() end)
block.late = {}; table.insert(block.late, nn.Linear(2, 2)); same(keys(block):find("late.0.weight", 1, true) ~= nil, true)
block.late[2] = block; same(#block:modules() > 2 and #tostring(block) > 9 and #block:clone():parameters() > 2, true); block.late = nil
local bare = nn.Linear(2, 1); bare.bias = nil; same(bare.bias, nil); same(keys(bare), "weight"); same(bare(T.ones(1, 2)).shape, {1, 1}); bare.weight = nn.Parameter(T.ones(1, 2)); same(bare(T.ones(1, 2)), {{2}})
local Wide = nn.module("Wide", Block)
function Wide:init(dim) Block.init(self, dim, true); self.head = nn.ModuleList{nn.Linear(dim, 1)} end
function Block:twice(x) return self(self(x)) end
same(Wide(2):twice(T.ones(1, 2)).shape, {1, 2}); same(keys(Wide(2)):find("head.0.weight", 1, true) ~= nil, true)
same(Wide(2):clone():twice(T.ones(1, 2)).shape, {1, 2}); same(tostring(Wide(2)):match("^Wide"), "Wide")
local order = {}
for name, member in pairs(nn.Sequential{nn.ReLU(), nn.Tanh()}) do order[name] = tostring(member) end
same(order, {"ReLU()", "Tanh()"})
fails("has no forward", function() return nn.module("Empty")()(T{1}) end)
local Cell = nn.module("Cell")
function Cell:init() self.layers = nn.ModuleList{nn.Linear(1, 1)}; self.layers:append(nn.Linear(1, 2)); self.list = nn.ParameterList{nn.Parameter(T.ones(1))}; self.table = nn.ModuleDict{a = nn.ReLU()} end
function Cell:forward(x) for _, layer in ipairs(self.layers) do x = layer(x) end return self.table.a(x) * self.list[1] end
same(keys(Cell()), "layers.0.weight layers.0.bias layers.1.weight layers.1.bias list.0"); same(Cell()(T.ones(3, 1)).shape, {3, 2})
same(nn.Parameter(T{1}).requires_grad, true); same(nn.Parameter(T{1}, false).requires_grad, false)
do local shared = T{1}; local p = nn.Parameter(shared); shared:fill_(2); same(p, {2}) end

-- Containers
same(#nn.Sequential(nn.ReLU(), nn.Tanh()), 2); same(#nn.Sequential{}:add(nn.ReLU()):add(nn.Tanh()), 2)
same(nn.Residual(nn.ReLU())(T{-1, 2}), {-1, 4}); same(nn.Lambda(function(x) return x * 2 end)(T{1}), {2}); same(nn.Identity()(T{1}), {1})
same(nn.Parallel{nn.Identity(), nn.Identity()}(T{{1, 2}}), {{1, 2, 1, 2}})
local dict = nn.ModuleDict{b = nn.ReLU(), a = nn.Tanh()}; dict.c = nn.Identity(); same(#dict, 3); same(tostring(dict["a"]), "Tanh()"); same(names(dict:named_children()), "a b c")
same(#nn.ModuleList{nn.ReLU(), nn.ReLU()}, 2); same(nn.Sequential{nn.ReLU(), nn.Tanh()}[-1](T{0}), {0})
same(nn.Sequential{nn.ReLU()}[2], nil); fails("module 3 is out of range", function() return nn.Sequential{nn.ReLU()}[3] end)

-- Layers that rearrange
same(nn.Flatten()(T.zeros(5, 2, 3)).shape, {5, 6}); same(nn.Flatten(1, 2)(T.zeros(5, 2, 3)).shape, {10, 3}); same(nn.Flatten{end_dim = 2}(T.zeros(5, 2, 3)).shape, {5, 2, 3})
same(nn.Unflatten(2, {3, 4})(T.zeros(5, 12)).shape, {5, 3, 4}); same(nn.Reshape(2, 3)(T.zeros(5, 6)).shape, {5, 2, 3}); same(nn.Reshape{-1, 3}(T.zeros(5, 6)).shape, {5, 2, 3})
near(nn.Upsample(nil, 2, "bilinear", true)(T{{{{1, 2}, {3, 4}}}}), {{{{1, 4 / 3, 5 / 3, 2}, {5 / 3, 2, 7 / 3, 8 / 3}, {7 / 3, 8 / 3, 3, 10 / 3}, {3, 10 / 3, 11 / 3, 4}}}})
near(nn.Upsample{size = 3, mode = "linear"}(T{{{1, 2}}}), {{{1, 1.5, 2}}}); same(nn.Upsample({2, 3})(T.zeros(1, 1, 1, 1)).shape, {1, 1, 2, 3})
same(nn.Upsample{scale_factor = {2, 3}}(T.zeros(1, 1, 1, 1)).shape, {1, 1, 2, 3}); same(nn.Upsample{scale_factor = 1.5, recompute_scale_factor = true}(T.zeros(1, 1, 3)).shape, {1, 1, 4})
fails("align_corners", function() return nn.Upsample{scale_factor = 2, align_corners = true} end); fails("needs a size or a scale_factor", function() return nn.Upsample() end)
same(nn.PixelShuffle(2)(L(1, 4, 1, 4, 1, 1)), {{{{1, 2}, {3, 4}}}})
same(nn.ZeroPad2d{1, 0, 0, 1}(L(1, 4, 1, 1, 2, 2)), {{{{0, 1, 2}, {0, 3, 4}, {0, 0, 0}}}}); same(nn.ReflectionPad2d{1, 0, 0, 1}(L(1, 4, 1, 1, 2, 2)), {{{{2, 1, 2}, {4, 3, 4}, {2, 1, 2}}}})

-- Linear layers and embeddings
same(keys(nn.Linear(2, 3)), "weight bias"); same(keys(nn.Linear(2, 3, false)), "weight"); same(nn.Linear(2, 3, {bias = false}).bias, nil)
near(fill(nn.Bilinear(2, 2, 1))(T{{1, 2}}, T{{3, 4}}), {{7 / 3}}); same(keys(nn.Bilinear(2, 2, 1, false)), "weight")
same(nn.Embedding(3, 2, 1).weight[1], {0, 0}); same(nn.Embedding(3, 2, {padding_idx = -1}).weight[3], {0, 0}); fails("0", function() return nn.Embedding(3, 2)(T{0}) end)
local e = nn.Embedding(3, 2, nil, 1); set(e.weight, T{{3, 4}, {0.3, 0.4}, {0, 2}})
near(e(T{1, 1, 2}), {{0.6, 0.8}, {0.6, 0.8}, {0.3, 0.4}}); near(e.weight, {{0.6, 0.8}, {0.3, 0.4}, {0, 2}})
e = nn.Embedding(3, 2, {scale_grad_by_freq = true}); e(T{1, 1, 2}):sum():backward(); near(e.weight.grad, {{1, 1}, {1, 1}, {0, 0}})
fails("option 'sparse' must be false", function() return nn.Embedding(3, 2, {sparse = true}) end)
local bag = nn.EmbeddingBag(4, 2, 1, 2, true, "sum"); set(bag.weight, T{{3, 4}, {0.3, 0.4}, {0, 2}, {1, 0}})
local out = bag(T{1, 1, 2, 4}, T{1, 4}); out:sum():backward(); near(out, {{1.5, 2}, {1, 0}}); near(bag.weight.grad, {{1, 1}, {1, 1}, {0, 0}, {1, 1}})
bag = nn.EmbeddingBag(2, 1, {mode = "sum"}); set(bag.weight, T{{1}, {2}})
near(bag(T{{1, 2}}, {per_sample_weights = T{{3, 4}}}), {{11}}); near(bag(T{1, 2}, T{1}, T{3, 4}), {{11}}); near(nn.EmbeddingBag(2, 1, {include_last_offset = true, padding_idx = 2})(T{1, 2}, T{1, 3}).shape, {1, 1})

-- Convolutions and pools
near(fill(nn.Conv1d(2, 2, 2, 2, 1, 1, 2, false, "circular"))(L(0, 1, 1, 2, 4)), {{{-0.214286, -0.119048, -0.214286}, {0.452381, 0.547619, 0.452381}}})
near(fill(nn.Conv2d(1, 1, 2, {padding = "same", padding_mode = "replicate"}))(L(0, 1, 1, 1, 2, 2)):flatten(), {0.055556, -0.055556, -0.388889, -0.5})
same(nn.Conv2d(2, 4, {3, 5}, {stride = {2, 1}, padding = {1, 2}, dilation = 1, groups = 2})(T.zeros(1, 2, 8, 8)).shape, {1, 4, 4, 8}); same(nn.Conv2d(1, 2, 3, {padding = "valid"})(T.zeros(1, 5, 5)).shape, {2, 3, 3})
same(nn.Conv3d(1, 2, {1, 2, 3})(T.zeros(1, 1, 4, 4, 4)).shape, {1, 2, 4, 3, 2}); same(nn.ConvTranspose1d(1, 2, 3, 2, 1, 1)(T.zeros(1, 1, 4)).shape, {1, 2, 8})
near(fill(nn.ConvTranspose2d(1, 1, 3, 2, 1))(L(0, 1, 1, 1, 2, 2), {output_size = {4, 4}}):flatten(),
    {-0.5, -0.541667, -0.5, -0.458333, -0.75, -1.083333, -0.75, -0.583333, -0.5, -0.541667, -0.5, -0.375, -0.25, 0.083333, -0.125, 0})
fails("output_size 6 of dimension 1 must be 3..4", function() return nn.ConvTranspose2d(1, 1, 3, 2, 1)(T.zeros(1, 1, 2, 2), {output_size = {6, 4}}) end)
fails("padding_mode", function() return nn.ConvTranspose2d(1, 1, 3, {padding_mode = "reflect"}) end)
same(nn.ConvTranspose2d(1, 2, 3, 1, 0, 0, 1, true, 2).weight.shape, {1, 2, 3, 3})
local v, i = nn.MaxPool2d(2, nil, 0, 1, true)(T{{{{1, 5}, {3, 2}}}}); same(flat(v), {5}); same(flat(i), {2})
v, i = nn.MaxPool1d(2, {stride = 1, return_indices = true})(T{{{1, 5, 3, 2}}}); same(v, {{{5, 5, 3}}}); same(i, {{{2, 2, 3}}})
v, i = nn.AdaptiveMaxPool2d(1, true)(T{{{{1, 5}, {3, 2}}}}); same(flat(v), {5}); same(flat(i), {2})
same(nn.MaxPool2d(3, 2, 1, 1, false, true)(T.zeros(1, 1, 6, 6)).shape, {1, 1, 4, 4}); same(nn.MaxPool2d(2, {dilation = 2, stride = 1})(T.zeros(1, 1, 5, 5)).shape, {1, 1, 3, 3})
near(nn.AvgPool2d(2, nil, 0, false, true, 3)(L(1, 4, 1, 1, 2, 2)), {{{{10 / 3}}}}); near(nn.AvgPool2d(2, {padding = 1, stride = 2, count_include_pad = false})(L(1, 4, 1, 1, 2, 2)):flatten(), {1, 2, 3, 4})
near(nn.AvgPool1d(2, 1, 1, false, false)(T{{{1, 3}}}), {{{1, 2, 3}}}); same(nn.AvgPool1d(2, {ceil_mode = true})(T.zeros(1, 1, 5)).shape, {1, 1, 3})
same(nn.AdaptiveAvgPool2d{1, 2}(T.zeros(1, 1, 4, 4)).shape, {1, 1, 1, 2}); near(nn.AdaptiveAvgPool2d(1)(L(1, 4, 1, 1, 2, 2)), {{{{2.5}}}}); same(nn.AdaptiveAvgPool2d{2, false}(T.zeros(1, 1, 4, 3)).shape, {1, 1, 2, 3})

-- Normalisation and dropout
local bn = nn.BatchNorm1d(1, 1e-5, nil); bn(T{{1}, {3}}); bn(T{{5}, {9}}); near(bn.running_mean, {4.5}); near(bn.running_var, {5}); same(bn.num_batches_tracked:item(), 2)
bn = nn.BatchNorm1d(1, {momentum = false, eps = 1e-3}); bn(T{{1}, {3}}); near(bn.running_mean, {2})
bn = nn.BatchNorm2d(2, 1e-5, 0.1, true, false); same(bn.running_mean, nil); same(keys(bn), "weight bias"); near(bn:eval()(T.zeros(1, 2, 2, 2)):sum():item(), 0)
same(keys(nn.BatchNorm1d(2, {bias = false})), "weight running_mean running_var num_batches_tracked"); same(keys(nn.BatchNorm1d(2, {affine = false, track_running_stats = false})), "")
fails("BatchNorm1d takes [N, C]", function() return nn.BatchNorm1d(2)(T.zeros(3, 4)) end)
near(nn.RMSNorm(2, 0.5)(T{{1, 2}}), {{0.57735, 1.154701}}); near(nn.GroupNorm(1, 2, 0.5)(T{{1, 2}}), {{-0.57735, 0.57735}}); near(nn.LayerNorm(2, 0.5)(T{{1, 2}}), {{-0.57735, 0.57735}})
same(keys(nn.LayerNorm({2, 3}, 1e-5, true, false)), "weight"); same(keys(nn.LayerNorm(2, {elementwise_affine = false})), ""); same(keys(nn.GroupNorm(1, 2, {affine = false})), ""); same(keys(nn.GroupNorm(1, 2, {bias = false})), "weight"); same(keys(nn.RMSNorm{2, 3}), "weight")
near(nn.InstanceNorm2d(1, 0.5)(L(1, 4, 1, 1, 2, 2)):flatten(), {-1.133893, -0.377964, 0.377964, 1.133893}); same(keys(nn.InstanceNorm2d(1)), ""); same(keys(nn.InstanceNorm2d(1, {affine = true, track_running_stats = true})), "weight bias running_mean running_var num_batches_tracked")
for _, name in ipairs{"Dropout", "Dropout2d", "AlphaDropout"} do
    local layer, x = nn[name]{p = 0.5}, T.ones(1, 4, 2, 2)
    same(layer:eval()(x), x); same(layer:train()(x):equal(x), false); same(nn[name](0)(x), x); fails("p must be between 0 and 1", function() return nn[name](1.5) end)
end
T.manual_seed(1); v = nn.Dropout(0.25)(T.ones(10000)); near(v:unique(), {0, 4 / 3}); same(math.abs(v:mean():item() - 1) < 0.02, true)

-- Recurrent layers
near(fill(nn.RNN(2, 2, 1, "relu", false))(L(-1, 1, 3, 1, 2)):flatten(), {0.6, 0, 0, 0.166667, 0, 0.683333})
local y, h = fill(nn.GRU(2, 2, {bidirectional = true}))(L(-1, 1, 2, 1, 2)); near(y:flatten(), {0.045809, 0.069727, 0.239991, 0.306007, 0.383903, 0.393462, 0.361855, 0.353464}); near(h:flatten(), {0.383903, 0.393462, 0.239991, 0.306007})
local lstm = fill(nn.LSTM(2, 3, 2, true, true, 0, true, 2)); local c
y, h, c = lstm(L(-1, 1, 1, 2, 2)); near(y:flatten(), {-0.036473, 0.073548, -0.053287, 0.109037, -0.053862, 0.11026, -0.037265, 0.075134}); near(h:flatten(), {-0.055497, 0.113885, -0.036111, 0.068388, -0.053862, 0.11026, -0.053287, 0.109037})
near(c:flatten(), {0.033203, 0.10975, 0.205936, 0.033768, 0.095245, 0.168027, 0.035835, 0.120757, 0.224879, 0.035687, 0.120332, 0.223954}); same(keys(nn.LSTM(2, 3, {proj_size = 2})), "weight_ih_l0 weight_hh_l0 bias_ih_l0 bias_hh_l0 weight_hr_l0")
fails("proj_size must be less than hidden_size", function() return nn.LSTM(2, 3, {proj_size = 3}) end)
same(keys(nn.LSTM(2, 3, {bidirectional = true, bias = false})), "weight_ih_l0 weight_hh_l0 weight_ih_l0_reverse weight_hh_l0_reverse")
lstm = nn.LSTM(2, 3); y, h, c = lstm(T.rand(4, 1, 2)); local y2, h2, c2 = lstm(T.rand(2, 1, 2), {h, c}); same(y2.shape, {2, 1, 3}); same(c2.shape, {1, 1, 3})
local gru = nn.GRU(2, 3, 2, true, true, 0.5); y, h = gru(T.rand(4, 5, 2)); y, h = gru(T.rand(4, 5, 2), h); same(y.shape, {4, 5, 3}); same(h.shape, {2, 4, 3}); same(nn.GRU(2, 3)(T.rand(5, 2)).shape, {5, 3})
y, h = nn.LSTM(2, 3, {batch_first = true})(T.ones(2, 4, 2), nil, {lengths = {4, 2}}); same(y[{2, {3, 4}}], T.zeros(2, 3)); near(y[{2, 2}], h[{1, 2}])
near(fill(nn.RNNCell(2, 2))(L(-1, 1, 1, 2)), {{-0.582783, 0.870062}}); near(fill(nn.GRUCell(2, 2))(L(-1, 1, 1, 2)), {{0.234039, 0.278875}})
h, c = fill(nn.LSTMCell(2, 2))(L(-1, 1, 1, 2)); near(h, {{0.039933, 0.116186}}); near(c, {{0.058287, 0.15746}}); h, c = nn.LSTMCell(2, 2, false)(T.ones(1, 2), {h, c}); same(h.shape, {1, 2}); same(keys(nn.RNNCell(2, 2, true, "relu")), "weight_ih weight_hh bias_ih bias_hh")

-- Attention and transformers
local attn = fill(nn.MultiheadAttention(4, 2, 0, true, true, true, 3, 2)); local w
y, w = attn(L(-1, 1, 2, 1, 4), L(-1, 1, 3, 1, 3), L(-1, 1, 3, 1, 2), {average_attn_weights = false}); near(y:flatten(), {-0.822608, -0.271541, 0.279525, 0.830592, -0.739428, -0.188825, 0.361778, 0.912381}); same(w.shape, {1, 2, 2, 5}); near(w[{1, 1, 1}], {0.277718, 0.199727, 0.143638, 0.17254, 0.206377})
same(keys(attn), "q_proj_weight k_proj_weight v_proj_weight in_proj_bias bias_k bias_v out_proj.weight out_proj.bias"); same(keys(nn.MultiheadAttention(4, 2)), "in_proj_weight in_proj_bias out_proj.weight out_proj.bias")
attn = fill(nn.MultiheadAttention(4, 2, {batch_first = true})); local x = L(-1, 1, 1, 3, 4)
y, w = attn(x, x, x, {key_padding_mask = T{{false, false, true}}, attn_mask = T.ones(3, 3):triu(1):bool()}); near(w:flatten(), {1, 0, 0, 0.49009, 0.50991, 0, 0.464968, 0.535032, 0}); near(y:flatten(), {0.419536, 0.105029, -0.209478, -0.523985, -0.342375, -0.126184, 0.090006, 0.306197, -0.369009, -0.14848, 0.07205, 0.292579})
y2, w = attn(x, x, x, {need_weights = false, is_causal = true}); same(w, nil); near(y2, (attn(x, x, x, {attn_mask = T.ones(3, 3):triu(1):bool()})))
local row = {0.039112, -0.056086, 0.201228, 1.267169}
near(fill(nn.TransformerEncoderLayer(4, 2, 8, 0, "gelu", 1e-5, true, false))(L(-1, 1, 1, 3, 4)), {{row, row, row}})
near(fill(nn.TransformerEncoderLayer(4, 2, {dim_feedforward = 8, dropout = 0, activation = function(a) return a:gelu() end, batch_first = true, norm_first = true}))(L(-1, 1, 1, 3, 4))[{1, 1}], {-3.844232, -1.556991, 0.73025, 3.017492})
near(fill(nn.TransformerEncoderLayer(4, 2, 8, 0, nn.GELU(), 1e-5, true))(L(-1, 1, 1, 3, 4)), {{row, row, row}}); same(#nn.TransformerEncoderLayer(4, 2, 8, {activation = nn.PReLU()}):parameters(), 13)
near(fill(nn.TransformerDecoderLayer(4, 2, 8, {dropout = 0, batch_first = true}))(L(-1, 1, 1, 2, 4), L(0, 1, 1, 3, 4), {tgt_mask = T.ones(2, 2):triu(1):bool()})[{1, 1}], {0.075244, -0.06807, 0.20584, 1.253516})
same(keys(nn.TransformerEncoderLayer(4, 2)), "self_attn.in_proj_weight self_attn.in_proj_bias self_attn.out_proj.weight self_attn.out_proj.bias linear1.weight linear1.bias linear2.weight linear2.bias norm1.weight norm1.bias norm2.weight norm2.bias")
same(keys(nn.TransformerDecoderLayer(4, 2, {bias = false})), "self_attn.in_proj_weight self_attn.out_proj.weight multihead_attn.in_proj_weight multihead_attn.out_proj.weight linear1.weight linear2.weight norm1.weight norm2.weight norm3.weight")
local encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8), 2, nn.LayerNorm(4)); same(keys(encoder):match("^layers.0.self_attn.in_proj_weight"), "layers.0.self_attn.in_proj_weight"); same(keys(encoder):match("%S+$"), "norm.bias"); same(#encoder:parameters(), 26)
same(encoder(T.rand(5, 1, 4), {mask = T.ones(5, 5):triu(1):bool(), src_key_padding_mask = T.zeros(1, 5):bool()}).shape, {5, 1, 4})
same(nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 8), {num_layers = 2})(T.rand(5, 1, 4), T.rand(3, 1, 4), {tgt_is_causal = true, memory_key_padding_mask = T.zeros(1, 3):bool()}).shape, {5, 1, 4})
local pe = nn.PositionalEncoding(4, {max_len = 10, dropout = 0})(T.zeros(3, 1, 4)); near(pe[{3, 1}], {math.sin(2), math.cos(2), math.sin(0.02), math.cos(0.02)})

-- Activations
local points = T{-1, 0.5, 7}
for text, values in pairs{
    ["ReLU()"] = {0, 0.5, 7}, ["LeakyReLU(0.2)"] = {-0.2, 0.5, 7}, ["LeakyReLU()"] = {-0.01, 0.5, 7}, ["PReLU(1, 0.1)"] = {-0.1, 0.5, 7}, ["ELU(2)"] = {-1.264241, 0.5, 7}, ["SELU()"] = {-1.111331, 0.525351, 7.354907},
    ["GELU()"] = {-0.158655, 0.345731, 7}, ["GELU('tanh')"] = {-0.158808, 0.345714, 7}, ["SiLU()"] = {-0.268941, 0.31123, 6.993623}, ["Mish()"] = {-0.303401, 0.375245, 6.999989}, ["Sigmoid()"] = {0.268941, 0.622459, 0.999089},
    ["Tanh()"] = {-0.761594, 0.462117, 0.999998}, ["Hardtanh(-0.5, 0.6)"] = {-0.5, 0.5, 0.6}, ["Hardsigmoid()"] = {1 / 3, 0.583333, 1}, ["Hardswish()"] = {-1 / 3, 0.291667, 7}, ["Softplus(2, 1)"] = {0.063464, 0.656631, 7},
    ["Softplus{beta = 2, threshold = 1}"] = {0.063464, 0.656631, 7}, ["Softsign()"] = {-0.5, 1 / 3, 0.875}, ["ReLU6()"] = {0, 0.5, 6}, ["Hardtanh{min_val = -0.5}"] = {-0.5, 0.5, 1}, ["ELU{alpha = 2}"] = {-1.264241, 0.5, 7},
} do near(load("return nn." .. text)()(points), values) end
near(nn.Softmax(1)(T{{1, 2}, {3, 5}}), {{0.119203, 0.047426}, {0.880797, 0.952574}}); near(nn.LogSoftmax{dim = 2}(T{{1, 2}, {3, 5}}), {{-1.313262, -0.313262}, {-2.126928, -0.126928}}); near(nn.GLU(1)(T{1, 2, 0, 1}), {0.5, 1.462117})
same(nn.PReLU(3).weight.shape, {3})
near(nn.CELU(2)(T{-1, 0.3, 7}), {-0.786939, 0.3, 7}); near(nn.Hardshrink()(T{-1, 0.3, 7}), {-1, 0, 7}); near(nn.Softshrink{lambd = 0.2}(T{-1, 0.3, 7}), {-0.8, 0.1, 6.8}); near(nn.Tanhshrink()(T{-1, 0.3, 7}), {-0.238406, 0.008687, 6.000002}); near(nn.Softmin(1)(T{-1, 0.3, 7}), {0.785634, 0.214114, 0.000264})
for _, name in ipairs{"ReLU", "ReLU6", "LeakyReLU", "ELU", "SELU", "CELU", "SiLU", "Mish", "Hardtanh", "Hardsigmoid", "Hardswish"} do
    local leaf, other = T({-1, 0.5, 2}, {requires_grad = true}), T({-1, 0.5, 2}, {requires_grad = true})
    local input = leaf * 2
    local result = nn[name]{inplace = true}(input)
    same(result == input or result:equal(input), true); near(input, nn[name]()(other * 2)); result:sum():backward(); nn[name]()(other * 2):sum():backward(); near(leaf.grad, other.grad)
end
same(nn.ReLU(true).inplace, true); same(nn.LeakyReLU(0.1, true).negative_slope, 0.1); fails("cannot be changed in place", function() return nn.ReLU(true)(T({1, 2}, {requires_grad = true})) end)
do local input = T.ones(100); nn.Dropout(0.5, true)(input); same(input:equal(T.ones(100)), false) end

-- The type of parameters
same(nn.Linear(2, 1, {dtype = "float64"}).weight.dtype, "float64"); same(nn.Linear(2, 1, {bias = false, dtype = "float64"}).bias, nil); same(nn.LayerNorm{2, 3, dtype = "float64"}.weight.dtype, "float64"); same(nn.LSTM(2, 3, {dtype = "float64"})(T.ones(1, 1, 2):double()).dtype, "float64")
same(nn.BatchNorm1d(2, {dtype = "float64"}).num_batches_tracked.dtype, "int64"); same(nn.Conv2d{in_channels = 1, out_channels = 1, kernel_size = 1, dtype = "float64"}.bias.dtype, "float64"); fails("nn.Linear: option 'dtype' must be a dtype", function() return nn.Linear(2, 1, {dtype = "double"}) end); fails("floating point", function() return nn.Linear(2, 1, {dtype = "int64"}) end)

-- What layers were made with
local made = nn.Linear(3, 4); same({made.in_features, made.out_features}, {3, 4})
made = nn.Conv2d(2, 4, 3, {stride = 2, padding = {1, 0}, groups = 2}); same({made.in_channels, made.out_channels, made.groups, made.padding_mode}, {2, 4, 2, "zeros"}); same({made.kernel_size, made.stride, made.padding, made.dilation}, {{3, 3}, {2, 2}, {1, 0}, {1, 1}}); same(nn.Conv1d(1, 1, 3, {padding = "same"}).padding, "same")
same(nn.MaxPool2d(2).kernel_size, 2); same(nn.MaxPool2d(2).stride, 2); same(nn.BatchNorm1d(5).num_features, 5); same(nn.BatchNorm1d(5, 1e-5, nil).momentum, nil); same(nn.LayerNorm{2, 3}.normalized_shape, {2, 3}); same(nn.GroupNorm(2, 4).num_groups, 2); same(nn.Dropout(0.3).p, 0.3)
made = nn.Embedding(7, 2, 3); same({made.num_embeddings, made.embedding_dim, made.padding_idx}, {7, 2, 3}); made = nn.LSTM(2, 3, 2, {bidirectional = true}); same({made.input_size, made.hidden_size, made.num_layers, made.batch_first, made.bidirectional}, {2, 3, 2, false, true})
same(made.typename, "LSTM"); same(Block(2).typename, "Block"); same(model:summary{3}.parameters, 12); same(nn.Linear(3, 2):summary(3).parameters, 8)
same(nn.MultiheadAttention(8, 2).num_heads, 2); same(nn.Softmax(1).dim, 1); same(nn.Softmax().dim, -1); same(nn.GELU("tanh").approximate, "tanh"); same(nn.MSELoss("sum").reduction, "sum"); same(made:clone().hidden_size, 3)
fails("a module has no field 'in_featurs'", function() return nn.Linear(1, 1).in_featurs end)

-- Losses
local scores = T{{1, 2, 3}, {1, 2, 3}}
near(nn.CrossEntropyLoss(T{1, 2, 3})(scores, T{1, 2}), 1.740939); near(nn.CrossEntropyLoss(T{1, 2, 3}, -100, "sum", 0.1)(scores, T{1, 2}), 5.130245); near(nn.CrossEntropyLoss{weight = T{1, 2, 3}, label_smoothing = 0.1}(scores, T{{0.2, 0.3, 0.5}, {1, 0, 0}}), 2.170149)
near(nn.CrossEntropyLoss{weight = T{1, 2, 3}, label_smoothing = 0.1, ignore_index = 2}(L(0, 1, 2, 3, 2), T{{1, 2}, {3, 1}}), 1.091793); same(nn.CrossEntropyLoss{reduction = "none"}(scores, T{1, 2}).shape, {2}); same(nn.CrossEntropyLoss()(T{1, 2, 3}, T(2)).shape, {})
near(nn.NLLLoss(T{1, 2, 3}, 1)(-scores, T{1, 2}), 2); fails("label 0 in row 1", function() return nn.CrossEntropyLoss()(scores, T{0, 1}) end); fails("All labels lie in 0..2, shifted by one: use y + 1", function() return nn.CrossEntropyLoss()(T.zeros(3, 3), T{0, 1, 2}) end)
near(nn.MSELoss()(T{1, 2}, T{1, 4}), 2); near(nn.MSELoss("sum")(T{1, 2}, T{1, 4}), 4); near(nn.L1Loss{reduction = "none"}(T{1, 2}, T{1, 4}), {0, 2}); near(nn.SmoothL1Loss("mean", 2)(T{1, 2}, T{1, 5}), 1); near(nn.HuberLoss("sum", 2)(T{1, 2}, T{1, 5}), 4); near(nn.HuberLoss{delta = 2}(T{1, 2}, T{1, 5}), 2)
near(T.mse_loss(T{1, 2}, T{2, 4}, {weight = T{1, 3}}), 3.25); near(T.l1_loss(T{1, 2}, T{2, 4}, "mean", T{1, 3}), 1.75); near(T.huber_loss(T{1, 2}, T{2, 4}, {weight = T{1, 3}}), 2.5)
fails("would compare every pair", function() return nn.MSELoss()(T.zeros(32, 1), T.zeros(32)) end); fails("unknown option 'size_average'", function() return nn.MSELoss{size_average = true} end); fails("reduction", function() return nn.MSELoss("avg") end)
near(nn.BCELoss(T{1, 2})(T{0.9, 0.2}, T{1, 0}), 0.275824); near(nn.BCEWithLogitsLoss(T{1, 2}, "mean", T{3, 1})(T{2, -1}, T{1, 0}), 0.503654); near(nn.BCEWithLogitsLoss{pos_weight = T{2}, reduction = "sum"}(T{0}, T{1}), 2 * math.log(2))
local logs, target = T{{0.5, 0.5}, {0.25, 0.75}}:log(), T{{0.9, 0.1}, {0.5, 0.5}}
near(nn.KLDivLoss()(logs, target), 0.127976); near(nn.KLDivLoss("batchmean")(logs, target), 0.255953); near(nn.KLDivLoss{reduction = "sum"}(logs, target), 0.511905); near(nn.KLDivLoss("sum", true)(T{{0.5, 0.5}}:log(), T{{0.9, 0.1}}:log()), 0.368064)
near(nn.HingeEmbeddingLoss(2)(T{0.5, 0.2}, T{1, -1}), 1.15); near(nn.MarginRankingLoss(0.5)(T{2, 1}, T{1, 2}, T{1, 1}), 0.75); near(nn.CosineEmbeddingLoss{margin = 0.1}(T{{1, 0}, {1, 1}}, T{{1, 1}, {1, 0}}, T{1, -1}), 0.45)
near(nn.TripletMarginLoss(1.5, 1, 1e-6, true)(T{{0, 0}}, T{{0, 1}}, T{{1, 0}}), 1.5); near(nn.MultiMarginLoss(2, 0.5, T{1, 2, 3})(T{{0.1, 0.2, 0.4}}, T{2}), 0.433333)
near(nn.GaussianNLLLoss{full = true}(T{1, 2}, T{1, 4}, T{1, 2}), 1.592225); near(nn.GaussianNLLLoss{eps = 0.5}(T{1, 2}, T{1, 4}, T{0.1, 2}), 0.5); near(nn.GaussianNLLLoss()(T{1, 2}, T{1, 4}, 1), 1)
near(nn.PoissonNLLLoss()(T{0, 1}, T{1, 3}), 0.359141); near(nn.PoissonNLLLoss(false, true, 1e-4)(T{1, 2}, T{1, 3}), 1.342195)
local steps = L(-1, 1, 4, 1, 3):log_softmax(3)
near(nn.CTCLoss()(steps, T{{2, 3}}, {4}, {2}), 0.834033); near(nn.CTCLoss(3, "sum")(steps, T{1, 2}, T{4}, T{2}), 1.743366); same(nn.CTCLoss()(steps[{{1, 1}}], T{{2, 3}}, {1}, {2}):item(), math.huge); same(nn.CTCLoss{zero_infinity = true}(steps[{{1, 1}}], T{{2, 3}}, {1}, {2}), 0)
fails("CTCLoss: the gradient of its gradient is not known", function()
    local z = T.randn(4, 1, 3, {requires_grad = true})
    local g = autograd.grad(nn.CTCLoss()(z:log_softmax(3), T{{2, 3}}, {4}, {2}), z, {create_graph = true})
    autograd.grad((g * g):sum(), z)
end)

-- Initialisation
for _, name in ipairs{"zeros_", "ones_", "uniform_", "normal_", "xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_", "trunc_normal_", "orthogonal_", "eye_"} do
    local p = nn.Parameter(T.full({2, 3}, 7)); same(nn.init[name](p) == p, true); same(p:equal(T.full({2, 3}, 7)), false); same(p.requires_grad, true)
end
same(nn.init.constant_(T.zeros(2), 0.5), {0.5, 0.5}); same(nn.init.eye_(T.zeros(2, 3)), {{1, 0, 0}, {0, 1, 0}})
local big = T.zeros(200, 100)
local function within(a, b, name, ...) local r = nn.init[name](big, ...); same(r:min():item() >= a and r:max():item() <= b, true); same(r:max():item() > a + 0.95 * (b - a), true) end
within(2, 3, "uniform_", 2, 3); within(-0.2828427, 0.2828427, "xavier_uniform_", 2); within(-0.2449490, 0.2449490, "kaiming_uniform_"); within(-0.1732051, 0.1732051, "kaiming_uniform_", {mode = "fan_out", nonlinearity = "relu"}); within(-1, 1, "trunc_normal_", 0, 1, -1, 1)
same(math.abs(nn.init.normal_(big, 3, 0.5):mean():item() - 3) < 0.02, true); same(math.abs(nn.init.kaiming_normal_(big, {nonlinearity = "relu"}):std():item() - math.sqrt(2 / 100)) < 0.003, true); same(math.abs(nn.init.xavier_normal_(big, {gain = 2}):std():item() - 2 * math.sqrt(2 / 300)) < 0.003, true)
near(nn.init.orthogonal_(T.zeros(2, 3), {gain = 2}):matmul(nn.init.eye_(T.zeros(3, 3))):square():sum(2), {4, 4})
for name, gain in pairs{relu = math.sqrt(2), tanh = 5 / 3, selu = 0.75, linear = 1, sigmoid = 1, conv_transpose2d = 1} do near(nn.init.calculate_gain(name), gain) end
near(nn.init.calculate_gain("leaky_relu", 0.2), 1.38675)

-- Utilities
local p, q = nn.Parameter(T{3, 0}), nn.Parameter(T{{4}})
local function loss() p:zero_grad(); q:zero_grad(); ((p * p):sum() + (q * q):sum()):backward() end
loss(); near(nn.utils.clip_grad_norm_({p, q}, 5), 10); near(p.grad, {3, 0}); near(q.grad, {{4}}); loss(); near(nn.utils.clip_grad_norm_({p, q}, 4, math.huge), 8); near(p.grad, {3, 0}); loss(); near(nn.utils.clip_grad_norm_({p, q}, 100, {norm_type = 1}), 14); near(p.grad, {6, 0})
p.grad = T{math.huge, 0}; fails("clip_grad_norm_", function() nn.utils.clip_grad_norm_(p, 1, {error_if_nonfinite = true}) end)
loss(); nn.utils.clip_grad_value_({p, q}, 5); same(p.grad, {5, 0}); same(q.grad, {{5}}); same(nn.utils.parameters_to_vector{p, q}, {3, 0, 4}); nn.utils.vector_to_parameters(T{1, 2, 3}, {p, q}); same(p, {1, 2}); same(q, {{3}})
local layer = nn.utils.weight_norm(nn.Linear(3, 2)); same(keys(layer), "bias weight_g weight_v"); same(layer.weight_g.shape, {2, 1}); same(nn.utils.weight_norm(nn.Linear(3, 2), "weight", 2).weight_g.shape, {1, 3}); set(layer.weight_g, T{{2}, {3}}); layer(T.ones(1, 3)); near(layer.weight:norm(2, 2), {2, 3}); same(keys(nn.utils.remove_weight_norm(layer)), "weight bias")
layer = nn.utils.spectral_norm(nn.Linear(3, 2), {n_power_iterations = 50}); same(keys(layer), "bias weight_orig weight_u weight_v"); layer(T.ones(1, 3)); near(T.linalg.svd(layer.weight:detach())[2] and select(2, T.linalg.svd(layer.weight:detach()))[1]:item(), 1)
local Own = nn.module("Own")
function Own:init() self.w = nn.Parameter(T{{3, 4}, {1, 0}}) end
function Own:forward(a) return a:matmul(self.w) end
local own = nn.utils.weight_norm(Own(), "w"); same(keys(own), "w_g w_v"); near(own(T{{1, 1}}), {{4, 4}}); set(own.w_g, T{{10}, {1}}); near(own(T{{1, 1}}), {{7, 8}}); own(T{{1, 1}}):sum():backward(); same(own.w_v.grad.shape, {2, 2})
near(own:clone()(T{{1, 1}}), {{7, 8}}); nn.utils.remove_weight_norm(own, "w"); same(keys(own), "w"); near(own(T{{1, 1}}), {{7, 8}}); same(keys(nn.utils.spectral_norm(Own(), "w")), "w_orig w_u w_v")
