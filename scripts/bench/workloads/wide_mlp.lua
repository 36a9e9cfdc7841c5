-- 1024→1024→1024→10 with ReLU; batch 256; SGD with momentum 0.9; one full training step.
local model = nn.Sequential{
  nn.Linear(1024, 1024), nn.ReLU(),
  nn.Linear(1024, 1024), nn.ReLU(),
  nn.Linear(1024, 10),
}
local criterion = nn.CrossEntropyLoss()
local optimizer = optim.SGD(model:parameters(), {lr = 1e-2, momentum = 0.9})
local x, y = tensor.rand(256, 1024), tensor.randint(1, 10, {256})

return {
  repeats = 5,
  step = function()
    optimizer:zero_grad()
    criterion(model(x), y):backward()
    optimizer:step()
  end,
}
