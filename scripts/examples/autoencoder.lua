-- An autoencoder squeezes digits of 784 pixels through 16 numbers and paints them again.
tensor.manual_seed(1)

local digits, test = data.mnist()
local loader = data.DataLoader(digits, {batch_size = 128, shuffle = true})
local encoder = nn.Sequential{nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 16)}
local decoder = nn.Sequential{nn.Linear(16, 128), nn.ReLU(), nn.Linear(128, 784), nn.Sigmoid()}
local model = nn.Sequential{encoder, decoder}
local criterion = nn.MSELoss()
local optimizer = optim.Adam(model:parameters(), {lr = 2e-3})

local start = nj.clock()
for epoch = 1, 5 do
  local total = 0
  for x in loader:iter() do
    optimizer:zero_grad()
    local loss = criterion(model(x), x:flatten(2))
    loss:backward()
    optimizer:step()
    total = total + loss:item()
  end
  print(string.format("epoch %d  squared error %.4f", epoch, total / #loader))
end
local seconds = nj.clock() - start

local error, mean, batches = 0, 0, 0
for x in data.DataLoader(test, {batch_size = 1000}):iter() do
  x = x:flatten(2)
  error = error + criterion(model:predict(x), x):item()
  mean = mean + x:var(1, {correction = 0}):mean():item()
  batches = batches + 1
end
print(string.format("16 numbers keep %.1f %% of the test pictures' variance (squared error %.4f) after %.0f s of training",
  100 * (1 - error / mean), error / batches, seconds))
