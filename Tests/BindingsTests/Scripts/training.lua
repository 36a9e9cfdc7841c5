-- Every statement of the contract on training, as a line that holds.
local T = tensor
T.manual_seed(3)
local x = T.randn(60, 2)
local y = (x * T{2, -1}):sum(2, {keepdim = true}) + 0.5
local labels = (y:squeeze(2)):gt(0):long() + 1
local numbers, classes = data.TensorDataset(x, y), data.TensorDataset(x, labels, {classes = {"low", "high"}})
local function regressor() T.manual_seed(5) return nn.Linear(2, 1) end
local function classifier() T.manual_seed(5) return nn.Sequential{nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2)} end
local quiet = {verbose = false}
local function with(options) for k, v in pairs(quiet) do if options[k] == nil then options[k] = v end end return options end

-- fit, its history, evaluate and predict
local model = classifier()
local history = model:fit(classes, with{epochs = 5, batch_size = 16, optimizer = "adam", loss = "cross_entropy", metrics = {"accuracy"}, validation = 0.25, shuffle = true, seed = 1})
same(#history.loss, 5); same(#history.accuracy, 5); same(#history.val_loss, 5); same(#history.val_accuracy, 5); same(math.type(history.loss[1]), "float")
same(history:table().loss, history.loss); same(type(history.plot), "function")
local path = os.tmpname(); history:save(path); local file = io.open(path); same(file:read("l"):match("loss") ~= nil, true); file:close(); os.remove(path)
local found = model:evaluate(classes); same(type(found.loss), "number"); same(found.accuracy >= 0 and found.accuracy <= 1, true)
found = model:evaluate(classes, {loss = nn.CrossEntropyLoss{reduction = "sum"}, metrics = {"accuracy", "f1"}, batch_size = 7}); same(type(found.f1), "number")
model:train()
local predictions = model:predict(x); same(predictions.shape, {60, 2}); same(predictions.requires_grad, false); same(model.training, true); near(model:predict(x, {batch_size = 7}), predictions); same(model:predict(classes).shape, {60, 2})
same(predictions:equal(model:eval()(x)) or predictions:allclose(model(x)), true)
local dropped = nn.Sequential{nn.Dropout(0.5)}; same(dropped:predict(x), x); same(dropped.training, true); dropped:eval():predict(x); same(dropped.training, false)

-- An optimizer and a loss are objects or names
for _, optimizer in ipairs{"sgd", "adam", "adamw", "nadam", "radam", "adamax", "adagrad", "adadelta", "rmsprop", "rprop", "lion", "lamb"} do
    same(#regressor():fit(numbers, with{epochs = 1, optimizer = optimizer, loss = "mse"}).loss, 1)
end
model = regressor()
same(#model:fit(numbers, with{epochs = 2, optimizer = optim.SGD(model:parameters(), {lr = 0.1}), loss = nn.MSELoss()}).loss, 2)
same(#model:fit(numbers, with{epochs = 1, loss = function(prediction, target) return (prediction - target):abs():mean() end}).loss, 1)
fails("needs a loss", function() regressor():fit(numbers, with{epochs = 1}) end)
fails("mse", function() regressor():fit(numbers, with{epochs = 1, loss = "mes"}) end)
fails("there is no optimizer named \"adm\"", function() regressor():fit(numbers, with{epochs = 1, loss = "mse", optimizer = "adm"}) end)
fails("accuracy", function() regressor():fit(numbers, with{epochs = 1, loss = "mse", metrics = {"acuracy"}}) end)
fails("unknown option 'epoch'. Did you mean 'epochs'?", function() regressor():fit(numbers, with{epoch = 1, loss = "mse"}) end)

-- Also LBFGS, which evaluates the loss several times
model = regressor()
near(model:fit(numbers, with{epochs = 3, batch_size = 60, optimizer = optim.LBFGS(model:parameters(), {line_search_fn = "strong_wolfe"}), loss = "mse"}).loss[3], 0)
near(model.weight, {{2, -1}}); near(model.bias, {0.5})

-- A loop written by hand gives the same numbers, bit for bit
for _, shuffle in ipairs{true, false} do
    local one = classifier()
    local opt = optim.Adam(one:parameters(), {lr = 0.01})
    local h = one:fit(classes, with{epochs = 3, batch_size = 16, optimizer = opt, loss = "cross_entropy", shuffle = shuffle, seed = 7})
    local two = classifier()
    opt = optim.Adam(two:parameters(), {lr = 0.01})
    local loader, loss = data.DataLoader(classes, {batch_size = 16, shuffle = shuffle, seed = 7}), nn.CrossEntropyLoss()
    for epoch = 1, 3 do
        local sum, count = 0, 0
        for input, target in loader:iter() do
            opt:zero_grad()
            local l = loss(two(input), target)
            l:backward()
            opt:step()
            sum, count = sum + l:item() * #input, count + #input
        end
        near(h.loss[epoch], sum / count)
    end
    for i, p in ipairs(two:parameters()) do same(p:equal(one:parameters()[i]), true) end
end

-- Validation: a set, or the last share of the rows
same(#regressor():fit(numbers, with{epochs = 1, loss = "mse", validation = numbers}).val_loss, 1)
fails("has no field 'val_loss'", function() return regressor():fit(numbers, with{epochs = 1, loss = "mse"}).val_loss end)

-- Callbacks
local events = {}
local own = {}
for _, name in ipairs{"on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end", "on_batch_begin", "on_batch_end"} do own[name] = function(state) events[name] = (events[name] or 0) + 1; same(type(state.epoch), "number") end end
regressor():fit(numbers, with{epochs = 2, batch_size = 30, loss = "mse", callbacks = {own}})
same(events.on_epoch_end, 2); same(events.on_batch_end, 4); same(events.on_train_end, 1)
local early = nn.callbacks.EarlyStopping{monitor = "loss", patience = 1, min_delta = 10}
same(#regressor():fit(numbers, with{epochs = 20, loss = "mse", callbacks = {early}}).loss < 20, true)
fails('no value named "val_los" to monitor; there are "loss", "val_loss"', function() regressor():fit(numbers, with{epochs = 1, loss = "mse", validation = 0.2, callbacks = {nn.callbacks.EarlyStopping{monitor = "val_los"}}}) end)
path = os.tmpname()
model = regressor()
model:fit(numbers, with{epochs = 2, loss = "mse", callbacks = {nn.callbacks.ModelCheckpoint(path, {monitor = "loss", save_best_only = true}), nn.callbacks.TerminateOnNaN()}})
same(regressor():load(path).weight.shape, {1, 2}); os.remove(path)
nn.callbacks.CSVLogger(path); model:fit(numbers, with{epochs = 2, loss = "mse", callbacks = {nn.callbacks.CSVLogger(path)}})
file = io.open(path); local lines = 0; for _ in file:lines() do lines = lines + 1 end; file:close(); os.remove(path); same(lines, 3)
local opt = optim.SGD(model:parameters(), {lr = 0.1})
model:fit(numbers, with{epochs = 2, loss = "mse", optimizer = opt, callbacks = {nn.callbacks.LRScheduler(optim.lr_scheduler.ExponentialLR(opt, 0.5))}}); near(opt.lr, 0.025)
model:fit(numbers, with{epochs = 3, loss = "mse", optimizer = opt, callbacks = {nn.callbacks.ReduceLROnPlateau{monitor = "loss", factor = 0.1, patience = 0, min_delta = 1e9}}}); same(opt.lr < 0.025, true)
local said = 0
model:fit(numbers, with{epochs = 2, loss = "mse", callbacks = {nn.callbacks.Lambda{on_epoch_end = function() said = said + 1 end}}}); same(said, 2)
same(type(nn.callbacks.TensorBoard), "function")

-- Looking at models
local check = nn.check(classifier(), classes); same(check.ok, true); same(tostring(check):match("looked for N01 .*N10 .*N18") ~= nil, true)
local function finds(code, model, set, options) same(table.concat(nn.check(model, set, options).findings, "; "):find(code .. ": ", 1, true) ~= nil, true) end
local Own = nn.module("Own")
function Own:init(n) self.fc, self.out = nn.Linear(n, 2), nn.Linear(2, 2) end
function Own:forward(a) return self.out(self.fc(a):relu()) end
finds("N01", Own(3), classes); finds("N01", nn.Sequential{nn.Linear(3, 2)}, classes)
finds("N02", nn.Linear(2, 1), data.TensorDataset(x, y:squeeze(2)), {loss = "mse"})
finds("N03", nn.Linear(2, 2), data.TensorDataset(x, labels - 1, {classes = {"low", "high"}}))
finds("N18", nn.Linear(2, 2), data.TensorDataset(x, T.ones(60):long(), {classes = {"low", "high"}}))
local hidden = nn.Linear(2, 2)
local Forgot = nn.module("Forgot")
function Forgot:init() self.out = nn.Linear(2, 2) end
function Forgot:forward(a) return self.out(hidden(a):relu()) end
finds("N10", Forgot(), classes)
same(type(nn.lr_find(regressor(), numbers, {loss = "mse"})), "userdata"); same(type(nn.health(classifier())), "userdata")
