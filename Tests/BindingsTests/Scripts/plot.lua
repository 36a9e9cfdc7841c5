-- Every statement of the contract on plots, as a line that holds; `same` and `fails` come from the test.
local T = tensor
local base = os.tmpname()
os.remove(base)
-- Each kind shows at once and returns a figure, which draws itself as a picture in each format
local x, y = T.randn(30, 2), T.randint(1, 2, {30})
local w = T({1, 2}, {requires_grad = true})
local calls = {
    line = {{1, 4, 9}, {title = "Squares", xlabel = "n", ylabel = "n²"}}, scatter = {T.rand(9), T.rand(9)}, bar = {{"cat", "dog"}, {3, 4}}, hist = {T.randn(100), {bins = 8}}, heatmap = {T.rand(3, 4)}, image = {T.rand(3, 8, 8)},
    images = {T.rand(4, 1, 6, 6), {labels = T{1, 2, 1, 2}, classes = {"cat", "dog"}}}, contour = {function(a, b) return a * a + b * b end, {x = {-1, 1}, y = {-1, 1}}}, decision_boundary = {nn.Linear(2, 2), x, y}, confusion = {T{1, 2, 2}, T{1, 2, 1}, {classes = {"cat", "dog"}}},
    box = {{{1, 2, 3, 9}, {2, 3, 4}}}, graph = {(w * w):sum()},
}
for name, arguments in pairs(calls) do
    local figure = plot[name](table.unpack(arguments))
    same(#tostring(figure) > 20, true); same(#figure, 1)
    for _, ending in ipairs{"png", "svg", "pdf"} do
        local path = base .. "." .. ending
        same(figure:save(path) == figure, true)
        local file = io.open(path, "rb")
        local start = file:read(8) file:close() os.remove(path)
        same(start:find(({png = "PNG", svg = "<?xml", pdf = "%PDF"})[ending], 1, true) ~= nil, true)
    end
end
-- Titles, axes, legends, log scales, several series
local quiet = {show = false}
local text = tostring(plot.line({ {{1, 10, 100}, label = "first"}, {{2, 20, 200}, label = "second"}, title = "Two", xlabel = "time", ylabel = "size", log = "y", show = false }))
for _, part in ipairs{"Two", "time", "size", "first", "second"} do same(text:find(part, 1, true) ~= nil, true) end
same(tostring(plot.line({1, 2, 3}, {legend = false, label = "hidden", show = false})):find("hidden"), nil); same(#tostring(plot.line(T{1, 2, 3}, T{4, 5, 6}, {xlim = {0, 4}, ylim = {0, 9}, show = false})) > 0, true)
fails("0 is not on a logarithmic axis", function() plot.line({1, 2}, {log = "xy", xlim = {0, 4}}) end)
same(#tostring(plot.line({1, 0 / 0, 3}, quiet)) > 0, true); same(#plot.scatter(x, y, quiet), 1)
-- Several panels
local figure = plot.figure{rows = 1, cols = 2, title = "Both", show = false} same(#figure, 2)
figure:line({1, 4, 9}, {title = "left"}) figure:hist({1, 2, 2}, {title = "right"})
for _, part in ipairs{"Both", "left", "right"} do same(tostring(figure):find(part, 1, true) ~= nil, true) end
figure[2]:line({1, 2}) figure[{1, 1}]:scatter({1, 2}, {3, 4}) figure:show() fails("panel 3", function() return figure[3] end)
same(#plot.figure(2, 2, {show = false}), 4); same(#plot.figure{plot.line({1, 2}, quiet), plot.line({2, 1}, quiet), show = false} >= 2, true)
-- What other objects show
local s, labels = T{0.1, 0.4, 0.35, 0.8}, T{1, 1, 2, 2}
select(4, metrics.roc_curve(s, labels)):plot() select(4, metrics.pr_curve(s, labels)):plot() metrics.confusion_matrix(T{1, 2, 2}, T{1, 2, 1}):plot() plot.confusion(metrics.confusion_matrix(T{1, 2, 2}, T{1, 2, 1}))
local set = data.TensorDataset(x, y)
nn.Linear(2, 2):fit(set, {epochs = 2, loss = "cross_entropy", verbose = false}):plot() nn.lr_find(nn.Linear(2, 2), set, {loss = "cross_entropy", num_steps = 5}):plot()
optim.lr_scheduler.StepLR(optim.SGD(nn.Linear(2, 1):parameters(), {lr = 0.1}), 10):plot(30) autograd.graph((w * w):sum()):plot()
-- Wrong input
fails("unknown option 'cat'. Names and values go in two lists", function() plot.bar{cat = 3} end)
fails("unknown option 'colour'. Did you mean 'color'?", function() plot.line({1, 2}, {colour = "red"}) end)
fails("missing", function() plot.line() end)
fails("2 x values and 3 y values", function() plot.line({1, 2}, {1, 2, 3}) end)
fails("must hold numbers", function() plot.line({1, 2}, {"a", "b"}) end)
fails("points with 2 coordinates", function() plot.decision_boundary(nn.Linear(3, 2), T.rand(4, 3), T{1, 2, 1, 2}) end)
fails("a picture is [H, W] or [C, H, W]", function() plot.image(T.rand(2)) end)
fails(".png", function() plot.line({1, 2}, quiet):save(base .. ".gif") end)
fails("one of \"x\", \"y\", \"xy\"", function() plot.line({1, 2}, {log = "z"}) end)
fails("line", function() plot.plot({1, 2}) end)
