-- XOR with a module of one's own: no straight line separates the classes, one hidden layer does.
tensor.manual_seed(7)

local Xor = nn.module("Xor")

function Xor:init(hidden)
  self.hidden = nn.Linear(2, hidden)
  self.output = nn.Linear(hidden, 1)
end

function Xor:forward(x)
  return self.output(self.hidden(x):tanh()):sigmoid()
end

local x = tensor{{0, 0}, {0, 1}, {1, 0}, {1, 1}}
local y = tensor{{0}, {1}, {1}, {0}}

local model = Xor(4)
local criterion = nn.MSELoss()
local optimizer = optim.Adam(model:parameters(), {lr = 0.05})

for step = 1, 500 do
  optimizer:zero_grad()
  local loss = criterion(model(x), y)
  loss:backward()
  optimizer:step()
  if step % 100 == 0 then print(string.format("step %d  loss %.5f", step, loss:item())) end
end

print(model:summary())
local prediction = model:predict(x)
for i = 1, #x do
  print(string.format("%d xor %d = %.3f", x[i][1]:item(), x[i][2]:item(), prediction[i]:item()))
end
assert((prediction:round() - y):abs():sum():item() == 0, "XOR was not learnt")
