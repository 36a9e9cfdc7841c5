-- Every statement of the contract on optimizers and schedules, as a line that holds; rates and steps are PyTorch's.
local S = optim.lr_scheduler
local function parameter() return nn.Parameter(tensor{1, 2}) end
local function descend(opt, p, n)
    for _ = 1, n or 1 do
        opt:zero_grad();
        (p * p):sum():backward()
        opt:step()
    end
    return p
end

-- All of them exist, with PyTorch's default rates
for name, lr in pairs{SGD = 0.001, Adam = 0.001, AdamW = 0.001, NAdam = 0.002, RAdam = 0.001, Adamax = 0.002, Adagrad = 0.01, Adadelta = 1, RMSprop = 0.01, Rprop = 0.01, LBFGS = 1, Lion = 1e-4, Lamb = 0.001} do
    same(optim[name]({parameter()}).lr, lr)
    same(optim[name]({parameter()}, 0.5).lr, 0.5)
    same(optim[name]({parameter()}, {lr = 0.5}).lr, 0.5)
    fails("optim." .. name .. ": unknown option 'learning_rate'", function() return optim[name]({parameter()}, {learning_rate = 1}) end)
    fails("must be a number, got string \"fast\"", function() return optim[name]({parameter()}, {lr = "fast"}) end)
end

-- Options by name, and by position in PyTorch's order
local function group(opt) return opt.param_groups[1] end
local g = group(optim.SGD({parameter()}, 0.1, 0.9, 0, 1e-4, true))
same({g.lr, g.momentum, g.dampening, g.weight_decay, g.nesterov, g.maximize}, {0.1, 0.9, 0, 1e-4, true, false})
g = group(optim.SGD({parameter()}, {lr = 0.1, momentum = 0.9, nesterov = true, dampening = 0, weight_decay = 0.1, l1 = 0.2, maximize = true}))
same({g.momentum, g.weight_decay, g.nesterov, g.l1, g.maximize}, {0.9, 0.1, true, 0.2, true})
for _, name in ipairs{"Adam", "AdamW"} do
    g = group(optim[name]({parameter()}, 0.1, {0.8, 0.9}, 1e-6, 0.2, true))
    same({g.lr, g.betas, g.eps, g.weight_decay, g.amsgrad}, {0.1, {0.8, 0.9}, 1e-6, 0.2, true})
end
same(group(optim.Adam({parameter()})).weight_decay, 0); same(group(optim.AdamW({parameter()})).weight_decay, 0.01)
g = group(optim.NAdam({parameter()}, 0.1, {0.8, 0.9}, 1e-6, 0.2, 0.01, true))
same({g.betas, g.eps, g.weight_decay, g.momentum_decay, g.decoupled_weight_decay}, {{0.8, 0.9}, 1e-6, 0.2, 0.01, true})
g = group(optim.RAdam({parameter()}, 0.1, {0.8, 0.9}, 1e-6, 0.2, true))
same({g.betas, g.eps, g.weight_decay, g.decoupled_weight_decay}, {{0.8, 0.9}, 1e-6, 0.2, true})
g = group(optim.Adamax({parameter()}, 0.1, {0.8, 0.9}, 1e-6, 0.2)); same({g.betas, g.eps, g.weight_decay}, {{0.8, 0.9}, 1e-6, 0.2})
g = group(optim.Adagrad({parameter()}, 0.1, 0.01, 0.2, 0.3, 1e-6)); same({g.lr_decay, g.weight_decay, g.initial_accumulator_value, g.eps}, {0.01, 0.2, 0.3, 1e-6})
g = group(optim.Adadelta({parameter()}, 0.1, 0.8, 1e-5, 0.2)); same({g.rho, g.eps, g.weight_decay}, {0.8, 1e-5, 0.2})
g = group(optim.RMSprop({parameter()}, 0.1, 0.8, 1e-5, 0.2, 0.9, true)); same({g.alpha, g.eps, g.weight_decay, g.momentum, g.centered}, {0.8, 1e-5, 0.2, 0.9, true})
g = group(optim.Rprop({parameter()}, 0.1, {0.4, 1.3}, {1e-5, 10})); same({g.etas, g.step_sizes}, {{0.4, 1.3}, {1e-5, 10}})
g = group(optim.LBFGS({parameter()}, 0.5, 10, 12, 1e-6, 1e-8, 50, "strong_wolfe"))
same({g.lr, g.max_iter, g.max_eval, g.tolerance_grad, g.tolerance_change, g.history_size, g.line_search_fn}, {0.5, 10, 12, 1e-6, 1e-8, 50, "strong_wolfe"})
same(group(optim.LBFGS({parameter()})).line_search_fn, nil)
g = group(optim.Lion({parameter()}, 0.1, {0.8, 0.9}, 0.3)); same({g.betas, g.weight_decay}, {{0.8, 0.9}, 0.3})
g = group(optim.Lamb({parameter()}, 0.1, {0.8, 0.9}, 1e-5, 0.3)); same({g.betas, g.eps, g.weight_decay}, {{0.8, 0.9}, 1e-5, 0.3})
fails("option 'betas' must be a table of two numbers", function() return optim.Adam({parameter()}, {betas = 0.9}) end)
fails("option 'nesterov' must be true or false, got 1", function() return optim.SGD({parameter()}, {nesterov = 1}) end)
fails("option 'momentum' must be a number, got true", function() return optim.SGD({parameter()}, {momentum = true}) end)
fails("nesterov needs momentum", function() return optim.SGD({parameter()}, {lr = 0.1, nesterov = true}) end)
fails("beta1 must be at least 0 and less than 1", function() return optim.Adam({parameter()}, {betas = {1, 0.9}}) end)
fails("lr must be 0 or more, got -1", function() return optim.SGD({parameter()}, -1) end)
fails("option 'line_search_fn' must be \"strong_wolfe\" or nothing", function() return optim.LBFGS({parameter()}, {line_search_fn = "armijo"}) end)
same(tostring(optim.SGD({parameter()}, {lr = 0.1, momentum = 0.9})), "SGD(lr=0.1, momentum=0.9)")

-- What they do: values of PyTorch after three steps on p·p from {1, 2}
local function after(name, options, n) local p = parameter() return descend(optim[name]({p}, options), p, n or 3) end
near(after("SGD", {lr = 0.1}), {0.512, 1.024}); near(after("SGD", {lr = 0.1, momentum = 0.9}), {0.062, 0.124})
near(after("SGD", {lr = 0.1, momentum = 0.9, nesterov = true}), {-0.108352, -0.216704})
near(after("SGD", {lr = 0.1, momentum = 0.9, dampening = 0.5, weight_decay = 0.1}), {0.2188998, 0.4377996})
near(after("SGD", {lr = 0.1, maximize = true}, 1), {1.2, 2.4})
near(after("SGD", {lr = 0.1, l1 = 0.5}, 1), {0.75, 1.55})
near(after("Adam", {lr = 0.1}), {0.7015863, 1.700623}); near(after("Adam", {lr = 0.1, amsgrad = true, weight_decay = 0.1}), {0.7015863, 1.700623})
near(after("Adam", {lr = 0.1, weight_decay = 0.1, decoupled_weight_decay = true}), after("AdamW", {lr = 0.1, weight_decay = 0.1}))
near(after("AdamW", {lr = 0.1}), {0.6989112, 1.694945}); near(after("NAdam", {lr = 0.1}), {0.7527292, 1.747509}); near(after("RAdam", {lr = 0.1}), {0.4623033, 0.9246067})
near(after("Adamax", {lr = 0.1}), {0.7154994, 1.707648}); near(after("Adagrad", {lr = 0.1, initial_accumulator_value = 0.5}), {0.7891544, 1.778162}); near(after("Adadelta", {lr = 1}), {0.9903091, 1.990301})
near(after("RMSprop", {lr = 0.01, momentum = 0.5, centered = true}), {0.6712214, 1.664171}); near(after("Rprop", {lr = 0.1, etas = {0.5, 1.5}, step_sizes = {1e-6, 0.12}}), {0.66, 1.66})
near(after("Lion", {lr = 0.1, weight_decay = 0.1}, 1), {1 * 0.99 - 0.1, 2 * 0.99 - 0.1})
-- Lamb, one step: the direction is ±1 with bias correction, scaled to the parameter's norm √5
near(after("Lamb", {lr = 0.1, weight_decay = 0}, 1), {1 - 0.1 * math.sqrt(5 / 2), 2 - 0.1 * math.sqrt(5 / 2)})

-- LBFGS and closures
local p = parameter()
local opt = optim.LBFGS({p}, {line_search_fn = "strong_wolfe"})
local function closure()
    opt:zero_grad()
    local loss = (p * p):sum()
    loss:backward()
    return loss
end
same(opt:step(closure), 5); near(p, {0, 0})
fails("step needs a function that computes the loss", function() opt:step() end)
p = parameter(); opt = optim.SGD({p}, 0.1)
same(opt:step(closure), 5); near(p, {0.8, 1.6})
fails("only one group", function() return optim.LBFGS{{params = {parameter()}}, {params = {parameter()}}} end)

-- Rates and groups
local a, b = parameter(), parameter()
opt = optim.SGD({{params = {a}, lr = 0.5}, {params = b}}, {lr = 0.1, momentum = 0.9})
same(#opt.param_groups, 2); same(opt.lr, 0.5); same(opt.param_groups[2].lr, 0.1); same(opt.param_groups[1].momentum, 0.9); same(#opt.param_groups[2].params, 1)
same(opt.param_groups[1].params[1] == a, true)
opt.lr = 0.3; same(opt.param_groups[1].lr, 0.3); same(opt.param_groups[2].lr, 0.3)
opt.param_groups[2].lr = 0.2; same(opt.lr, 0.3); same(opt.param_groups[2].lr, 0.2)
opt:add_param_group{params = {parameter()}, lr = 0.7}; same(opt.param_groups[3].lr, 0.7); same(opt.param_groups[3].momentum, 0.9)
for _, each in ipairs(opt.param_groups) do each.lr = each.lr * 0.5 end
same(opt.param_groups[3].lr, 0.35)
fails("listed more than once", function() opt:add_param_group{params = {a}} end)
fails("listed more than once", function() return optim.SGD({a, a}, 0.1) end)
fails("there are no parameters to optimize", function() return optim.SGD({}, 0.1) end)
fails("unknown option 'momentun'. Did you mean 'momentum'?", function() return optim.SGD({{params = {a}, momentun = 1}}, 0.1) end)
fails("must hold tensors", function() return optim.SGD({1}, 0.1) end)
fails("unknown option 'foo'", function() opt.param_groups[1].foo = 1 end)
local adam = optim.Adam({parameter()}); adam.param_groups[1].betas = {0.5, 0.6}; same(adam.param_groups[1].betas, {0.5, 0.6})

-- zero_grad
p = parameter(); opt = optim.SGD({p}, 0.1); (p * p):sum():backward(); opt:zero_grad(); same(p.grad, nil)
;(p * p):sum():backward(); opt:zero_grad{set_to_none = false}; same(p.grad, {0, 0})

-- State: a second optimizer goes on as the first would, also through a file
for _, name in ipairs{"SGD", "Adam", "AdamW", "NAdam", "RAdam", "Adamax", "Adagrad", "Adadelta", "RMSprop", "Rprop", "Lion", "Lamb"} do
    local options = {lr = 0.05}
    if name == "SGD" or name == "RMSprop" then options.momentum = 0.9 end
    local first = parameter()
    local one = optim[name]({first}, options)
    descend(one, first, 3)
    local second = nn.Parameter(first:detach():clone())
    local path = os.tmpname()
    data.save_safetensors(path, one:state_dict())
    local other = optim[name]({second}, 1)
    other:load_state_dict(data.load_safetensors(path))
    os.remove(path)
    same(other.lr, 0.05)
    same(descend(one, first, 2):equal(descend(other, second, 2)), true)
end
fails("load_state_dict", function() optim.SGD({parameter()}, 0.1):load_state_dict{foo = tensor{1}} end)

-- A model that changes its type goes on with what the optimizer remembers
for _, name in ipairs{"SGD", "Adam", "RMSprop", "Lamb"} do
    local function train(changes)
        tensor.manual_seed(1)
        local model = nn.Linear(2, 1)
        local opt = optim[name](model:parameters(), name == "SGD" and {lr = 0.1, momentum = 0.9} or {lr = 0.1})
        for i = 1, 4 do
            if changes and i == 3 then model:to("float64") end
            opt:zero_grad()
            model(tensor.ones(1, 2):to(model.weight.dtype)):square():sum():backward()
            opt:step()
        end
        return model.weight:detach():float()
    end
    near(train(true), train(false))
end

-- Schedules, with PyTorch's rates
local function rates(name, n, ...)
    local opt = optim.SGD({parameter()}, {lr = 0.1, momentum = 0.9})
    local s, found = S[name](opt, ...), {}
    for i = 1, n do found[i] = opt.lr; s:step() end
    return found
end
near(rates("StepLR", 5, 2, 0.5), {0.1, 0.1, 0.05, 0.05, 0.025}); near(rates("StepLR", 3, {step_size = 1}), {0.1, 0.01, 0.001})
near(rates("MultiStepLR", 5, {1, 3}, 0.5), {0.1, 0.05, 0.05, 0.025, 0.025}); near(rates("MultiStepLR", 3, {milestones = {1}, gamma = 0.5}), {0.1, 0.05, 0.05})
near(rates("ExponentialLR", 3, 0.9), {0.1, 0.09, 0.081}); near(rates("ExponentialLR", 2, {gamma = 0.5}), {0.1, 0.05})
near(rates("LinearLR", 6, 0.5, 1, 4), {0.05, 0.0625, 0.075, 0.0875, 0.1, 0.1}); near(rates("LinearLR", 6), {0.1 / 3, 0.0466667, 0.06, 0.0733333, 0.0866667, 0.1})
near(rates("PolynomialLR", 6, 4, 2), {0.1, 0.05625, 0.025, 0.00625, 0, 0}); near(rates("PolynomialLR", 3, {total_iters = 2}), {0.1, 0.05, 0})
near(rates("CosineAnnealingLR", 8, 4, 0.01), {0.1, 0.0868198, 0.055, 0.0231802, 0.01, 0.0231802, 0.055, 0.0868198})
near(rates("CosineAnnealingLR", 3, {T_max = 2}), {0.1, 0.05, 0})
near(rates("CosineAnnealingWarmRestarts", 8, 2, 2, 0.01), {0.1, 0.055, 0.1, 0.0868198, 0.055, 0.0231802, 0.1, 0.0965746})
near(rates("LambdaLR", 4, function(n) return 1 / (n + 1) end), {0.1, 0.05, 0.1 / 3, 0.025})
-- The rise reaches lr after warmup steps, then half a cosine to min_lr
near(rates("WarmupCosine", 8, {warmup = 2, total = 6, min_lr = 0.01}), {0.1 / 3, 0.2 / 3, 0.1, 0.0868198, 0.055, 0.0231802, 0.01, 0.01})
near(rates("OneCycleLR", 10, 1, 10)[3], 1)
fails("OneCycleLR: the schedule has 10 steps; this would be one more", function() rates("OneCycleLR", 11, {max_lr = 1, total_steps = 10}) end)
opt = optim.SGD({parameter()}, {lr = 0.1, momentum = 0.9})
local s = S.OneCycleLR(opt, {max_lr = 1, epochs = 2, steps_per_epoch = 5})
near(opt.lr, 0.04); near(opt.param_groups[1].momentum, 0.95)
for _ = 1, 10 do s:step() end
near(opt.lr, 0.0495194)
opt = optim.Adam({parameter()}); s = S.OneCycleLR(opt, {max_lr = 1, total_steps = 10, three_phase = true, anneal_strategy = "linear"})
s:step(); near(opt.param_groups[1].betas, {0.9, 0.999}); s:step(); near(opt.param_groups[1].betas[1], 0.85)
fails("no momentum to cycle", function() S.OneCycleLR(optim.Adagrad({parameter()}), 1, 10) end)
opt = optim.SGD({{params = {parameter()}}, {params = {parameter()}}}, 1)
s = S.LambdaLR(opt, {function(n) return 1 / (n + 1) end, function(n) return n end}); s:step(); s:step()
near(s:get_last_lr(), {1 / 3, 2})
opt = optim.SGD({parameter()}, 0.1)
s = S.SequentialLR(opt, {schedulers = {S.LinearLR(opt, 0.1, 1, 2), S.ExponentialLR(opt, 0.9)}, milestones = {2}})
local found = {}
for i = 1, 6 do found[i] = opt.lr; s:step() end
near(found, {0.01, 0.055, 0.1, 0.09, 0.081, 0.0729})
opt = optim.SGD({parameter()}, 0.1); s = S.ReduceLROnPlateau(opt, "min", 0.5, 1); found = {}
for i = 1, 8 do found[i] = opt.lr; s:step(tensor(1)) end
near(found, {0.1, 0.1, 0.1, 0.05, 0.05, 0.025, 0.025, 0.0125})
fails("step needs the value to watch", function() s:step() end)
opt = optim.SGD({{params = {parameter()}}, {params = {parameter()}}}, 1)
s = S.ReduceLROnPlateau(opt, {mode = "max", factor = 0.1, patience = 0, threshold = 0.1, threshold_mode = "abs", cooldown = 1, min_lr = {0.5, 0.01}, eps = 0})
s:step(1); s:step(1.05); near(s:get_last_lr(), {0.5, 0.1}); s:step(1); near(s:get_last_lr(), {0.5, 0.1}); s:step(1); near(s:get_last_lr(), {0.5, 0.01})
opt = optim.SGD({parameter()}, 0.1); s = S.CosineAnnealingWarmRestarts(opt, 2)
s:step(0.5); near(opt.lr, 0.0853553); s:step(); near(opt.lr, 0.0146447)
fails("step takes no value", function() S.StepLR(opt, 2):step(0.5) end)
fails("unknown option 'stepsize'. Did you mean 'step_size'?", function() return S.StepLR(opt, {stepsize = 2}) end)
fails("argument 2 'step_size' is missing", function() return S.StepLR(opt) end)
opt = optim.SGD({parameter()}, 0.1); s = S.StepLR(opt, 1); s:step()
same(s.last_epoch, 1); near(s:get_last_lr(), {0.01}); near(s.base_lrs, {0.1}); same(s.optimizer == opt, true)
local again = S.StepLR(optim.SGD({parameter()}, 0.1), 1); again:load_state_dict(s:state_dict()); same(again.last_epoch, 1)
near(s:preview(2), {0.01, 0.001, 1e-4}); near(opt.lr, 0.01)
same(type(s.plot), "function")
