-- The training of mnist_mlp.lua as a loop: the same pieces, the same seed, the same numbers.
tensor.manual_seed(1)

local train, test = data.mnist()
local model = nn.Sequential{
  nn.Flatten(),
  nn.Linear(784, 128), nn.ReLU(),
  nn.Linear(128, 10),
}
local criterion = nn.CrossEntropyLoss()
local optimizer = optim.Adam(model:parameters(), {lr = 1e-3})
local loader = data.DataLoader(train, {batch_size = 32, shuffle = true})

local start = nj.clock()
for epoch = 1, 5 do
  local total, correct = 0, 0
  for x, y in loader:iter() do
    optimizer:zero_grad()
    local scores = model(x)
    local loss = criterion(scores, y)
    loss:backward()
    optimizer:step()
    total = total + loss:item() * #x
    correct = correct + scores:argmax(2):eq(y):sum():item()
  end
  print(string.format("epoch %d  loss %.4f  accuracy %.4f", epoch, total / #train, correct / #train))
end
local seconds = nj.clock() - start

model:eval()
local total, correct = 0, 0
autograd.no_grad(function()
  for x, y in data.DataLoader(test, {batch_size = 256}):iter() do
    local scores = model(x)
    total = total + criterion(scores, y):item() * #x
    correct = correct + scores:argmax(2):eq(y):sum():item()
  end
end)
print(string.format("test loss %.4f, test accuracy %.4f after %.1f s of training", total / #test, correct / #test, seconds))
