-- Every kind of plot: shown here as text and written to <folder>/*.png (or .svg, .pdf).
-- scripts/run scripts/examples/gallery.lua [folder] [png|svg|pdf]

local folder, format = arg[1], arg[2] or "png"
tensor.manual_seed(7)

local function keep(name, figure)
    if folder then figure:save(folder .. "/" .. name .. "." .. format) end
    print()
end

-- Two series over epochs, as training gives them.
local epochs = tensor.range(1, 40)
local train = (epochs / -9):exp() * 2.2 + 0.08 + tensor.randn(40) * 0.02
local valid = (epochs / -8):exp() * 2.1 + 0.24 + epochs * 0.006 + tensor.randn(40) * 0.03
keep("line", plot.line({ { epochs, train, label = "training" }, { epochs, valid, label = "validation", dashed = true } },
    { title = "Loss over epochs", xlabel = "epoch", ylabel = "cross-entropy" }))

-- Logarithmic axes.
local rate = tensor.logspace(-5, 0, 60)
keep("line-log", plot.line(rate, 2.3 / (1 + rate * 3000) + 0.02 + (rate * 4) ^ 4,
    { log = "xy", title = "Learning rate finder", xlabel = "learning rate", ylabel = "loss" }))

-- Points by class; the same points under a model's decisions.
local x, y = data.make_moons(300, { noise = 0.15, seed = 1 })
keep("scatter", plot.scatter(x, y, { classes = { "upper", "lower" }, title = "Two moons" }))

local model = nn.Sequential { nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 2) }
local history = model:fit(data.TensorDataset(x, y), { epochs = 30, loss = "cross_entropy", metrics = { "accuracy" }, validation = 0.2,
    optimizer = optim.Adam(model:parameters(), { lr = 0.02 }), seed = 1, verbose = false })
keep("decision-boundary", plot.decision_boundary(model, x, y, { classes = { "upper", "lower" }, title = "What the model decides" }))
keep("history", history:plot())

-- Points coloured by a number.
local points = tensor.randn(400, 2)
keep("scatter-values", plot.scatter(points["1:400, 1"], points["1:400, 2"], { values = points:norm(2, 2), label = "distance", title = "400 points" }))

-- Bars, distributions, boxes.
keep("bar", plot.bar({ "setosa", "versicolor", "virginica" },
    { { { 5.01, 5.94, 6.59 }, label = "sepal length" }, { { 1.46, 4.26, 5.55 }, label = "petal length" } }, { ylabel = "cm", title = "Iris, means" }))
keep("hist", plot.hist({ { tensor.randn(500), label = "before" }, { tensor.randn(500) * 0.6 + 1.5, label = "after" } },
    { title = "Activations", xlabel = "value" }))
keep("box", plot.box({ tensor.randn(60), tensor.randn(60) * 2 + 1, tensor.randn(60) + 3 }, { labels = { "layer 1", "layer 2", "layer 3" }, ylabel = "activation" }))

-- Matrices and functions of two variables.
local names = { "sepal length", "sepal width", "petal length", "petal width" }
local iris = data.iris()
local rows = {}
for i = 1, #iris do rows[i] = iris:get(i) end
local features = data.StandardScaler():fit_transform(tensor.stack(rows))
keep("heatmap", plot.heatmap(features:t():matmul(features) / #iris, { rows = names, columns = names, numbers = true, colormap = "diverging", limits = { -1, 1 }, title = "Correlations" }))
keep("contour", plot.contour(function(a, b) return (1 - a) ^ 2 + 10 * (b - a ^ 2) ^ 2 end,
    { x = { -1.5, 1.5 }, y = { -0.5, 2 }, levels = { 0.1, 0.5, 1, 2, 5, 10, 20, 40 }, title = "Rosenbrock's valley", xlabel = "a", ylabel = "b" }))

-- Pictures.
local digits = data.digits()
local pictures, labels = {}, {}
for i = 1, 20 do
    local picture, label = digits:get(i)
    pictures[i], labels[i] = picture:reshape(8, 8), label:item()
end
keep("image", plot.image(pictures[1], { range = { 0, 16 }, title = "A digit" }))
keep("images", plot.images(pictures, { labels = tensor(labels), classes = digits.classes, columns = 10, range = { 0, 16 } }))

-- Judgement.
local scores = tensor.rand(200)
local truth = (scores + tensor.randn(200) * 0.3):gt(0.5):long() + 1
keep("confusion", plot.confusion(scores:gt(0.5):long() + 1, truth, { classes = { "no", "yes" }, title = "Confusion" }))
local _, _, _, roc = metrics.roc_curve(scores, truth)
local _, _, _, precision_recall = metrics.pr_curve(scores, truth)
keep("curves", plot.figure { roc:plot { show = false }, precision_recall:plot { show = false }, cols = 2, title = "A noisy judge" })

-- How a loss was computed.
local w = tensor({ { 0.5 }, { -1 } }, { requires_grad = true })
local loss = (tensor { { 1, 2 }, { 3, 4 } }:matmul(w) - 1):square():mean()
loss:backward()
keep("graph", plot.graph(loss))

-- Several panels.
local figure = plot.figure { rows = 2, cols = 2, title = "Schedules", show = false }
local function schedule(make)
    local o = optim.SGD(nn.Linear(1, 1):parameters(), { lr = 0.1 })
    return make(o):preview(100)
end
local S = optim.lr_scheduler
figure:line(schedule(function(o) return S.StepLR(o, 25) end), { title = "StepLR", log = "y" })
figure:line(schedule(function(o) return S.CosineAnnealingLR(o, 100) end), { title = "CosineAnnealingLR" })
figure:line(schedule(function(o) return S.OneCycleLR(o, 0.3, { total_steps = 101 }) end), { title = "OneCycleLR" })
figure:line(schedule(function(o) return S.WarmupCosine(o, { warmup = 10, total = 100 }) end), { title = "WarmupCosine" })
keep("panels", figure)
