-- A whole study: how many miles does a car of 1970 to 1982 go on a gallon?
-- Read, clean, encode, split, scale, cross-validate, train, judge, plot, save, load, predict one car.
-- scripts/run scripts/examples/auto_mpg.lua [folder for pictures]
tensor.manual_seed(1)

-- Read. Two frames, the second of which is looked at only at the end.
local train, test = data.auto_mpg()
print(train:describe())
print(train:group_by("origin"):mean("mpg"))

-- Clean. Horsepower is missing here and there: the pipeline fills in the median of the training cars.
train = train:drop_duplicates()
local numbers = { "cylinders", "displacement", "horsepower", "weight", "acceleration", "model_year" }

-- Encode. One column for each origin, learnt from the training cars.
local encoder = data.OneHotEncoder():fit(train:select("origin"))
local function features(frame)
    return tensor.cat({ frame:to_tensor(numbers), encoder:transform(frame:select("origin")):to_tensor() }, 2)
end
local x, y = features(train), train:to_tensor({ "mpg" })

local function new_pipeline() return data.Pipeline { data.Imputer { strategy = "median" }, data.StandardScaler() } end
local function new_model()
    return nn.Sequential { nn.Linear(x:size(2), 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1) }
end
local function fit(model, set, validation)
    return model:fit(set, { epochs = 100, batch_size = 16, loss = "huber", metrics = { "mae" }, validation = validation,
        optimizer = optim.AdamW(model:parameters(), { lr = 0.005, weight_decay = 0.01 }), seed = 1, verbose = false })
end

-- Cross-validate. Each fold learns its own medians and scales: a held-out car must not be part of them.
local errors = {}
for _, fold in ipairs(data.TensorDataset(x, y):k_fold(5, { seed = 1 })) do
    local pipeline = new_pipeline():fit(fold.train)
    local model = new_model()
    fit(model, pipeline:transform(fold.train))
    errors[#errors + 1] = model:evaluate(pipeline:transform(fold.validation), { loss = "mse", metrics = { "mae" } }).mae
end
print(string.format("five folds: off by %.2f ± %.2f miles per gallon", tensor(errors):mean():item(), tensor(errors):std():item()))

-- Train on all training cars.
local pipeline = new_pipeline()
local set = data.TensorDataset(pipeline:fit_transform(x), y)
local model = new_model()
local history = fit(model, set, 0.15)

-- Judge, beside what always answering the mean gives.
local truth = test:to_tensor({ "mpg" })
local predicted = model:predict(pipeline:transform(features(test)))
local mean = tensor.full_like(truth, y:mean():item())
print(string.format("%d cars never seen: off by %.2f, always answering the mean %.2f", #test, metrics.mae(predicted, truth), metrics.mae(mean, truth)))
print(string.format("share of the variance explained %.3f", metrics.r2(predicted, truth)))

-- Plot.
local curves = history:plot()
local line = tensor { truth:min():item(), truth:max():item() }
local scatter = plot.scatter(truth:squeeze(), predicted:squeeze(), { title = "Cars never seen", xlabel = "miles per gallon", ylabel = "predicted", label = "a car", show = false })
scatter:line(line, line, { label = "right", dashed = true }):show()
if arg[1] then
    curves:save(arg[1] .. "/auto_mpg_training.pdf")
    scatter:save(arg[1] .. "/auto_mpg_test.pdf")
end

-- Save the model with its pipeline, and the encoder; load them as another program would.
local path = os.tmpname()
model:save(path, { transform = pipeline })
encoder:save(path .. ".origin")
local loaded, loaded_pipeline = new_model():load(path), data.load_transform(path)
encoder = data.load_transform(path .. ".origin")
os.remove(path)
os.remove(path .. ".origin")

-- Predict one car whose horsepower nobody knows.
local car = data.Frame { cylinders = { 4 }, displacement = { 120 }, horsepower = { 0 / 0 }, weight = { 2500 }, acceleration = { 16 }, model_year = { 80 }, origin = { "japan" } }
local answer = loaded:predict(loaded_pipeline:transform(features(car))):item()
print(string.format("a light Japanese car of 1980: %.1f miles per gallon", answer))
assert(metrics.r2(predicted, truth) > 0.8, "the cars were not learnt")
