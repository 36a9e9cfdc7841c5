-- A small GPT on Shakespeare's plays, character by character: 4 layers, 4 heads, width 128, context 64, batch 12,
-- 2,000 steps; then a sample of its text.
tensor.manual_seed(1)

local text, unseen = data.tiny_shakespeare()
local tokenizer = data.CharTokenizer(text .. unseen)
local train, validation = tokenizer:encode(text), tokenizer:encode(unseen)
local context, dim, heads, layers, batch, steps = 64, 128, 4, 4, 12, 2000

local Block = nn.module("Block")

function Block:init()
  self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
  self.qkv, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
  self.mlp = nn.Sequential{nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim)}
end

function Block:forward(x)
  local n, length = x.shape[1], x.shape[2]
  local q, k, v = table.unpack(self.qkv(self.norm1(x)):view(n, length, 3, heads, -1):permute(3, 1, 4, 2, 5):unbind(1))
  local y = tensor.scaled_dot_product_attention(q, k, v, {is_causal = true})
  x = x + self.out(y:transpose(2, 3):reshape(n, length, dim))
  return x + self.mlp(self.norm2(x))
end

local GPT = nn.module("GPT")

function GPT:init()
  self.tokens, self.positions = nn.Embedding(#tokenizer, dim), nn.Embedding(context, dim)
  self.blocks = nn.Sequential{}
  for _ = 1, layers do self.blocks:add(Block()) end
  self.norm, self.head = nn.LayerNorm(dim), nn.Linear(dim, #tokenizer, {bias = false})
end

function GPT:forward(x)
  return self.head(self.norm(self.blocks(self.tokens(x) + self.positions.weight[{{1, x.shape[2]}}])))
end

local model = GPT()
for name, p in model:named_parameters() do
  if p:dim() == 2 then nn.init.normal_(p, 0, 0.02) end
end

-- `count` stretches of the tokens, and the same moved on by one character.
local function draw(tokens, count)
  local starts = tensor.randint(1, #tokens - context, {count, 1})
  local places = starts + tensor.range(0, context - 1):reshape(1, context)
  return tokens[places], tokens[places + 1]
end

local criterion = nn.CrossEntropyLoss()
local function loss_of(x, y) return criterion(model(x):flatten(1, 2), y:flatten()) end
local function judge()
  local _ <close> = autograd.no_grad()
  local total = 0
  for _ = 1, 40 do total = total + loss_of(draw(validation, 32)):item() end
  return total / 40
end

local optimizer = optim.AdamW(model:parameters(), {lr = 2e-3, betas = {0.9, 0.99}, weight_decay = 0.1})
local schedule = optim.lr_scheduler.WarmupCosine(optimizer, {warmup = 100, total = steps, min_lr = 1e-4})
local start = nj.clock()
for step = 1, steps do
  optimizer:zero_grad()
  local loss = loss_of(draw(train, batch))
  loss:backward()
  nn.utils.clip_grad_norm_(model:parameters(), 1)
  optimizer:step()
  schedule:step()
  if step % 250 == 0 then print(string.format("step %4d  loss %.4f  validation loss %.4f  %.0f s", step, loss:item(), judge(), nj.clock() - start)) end
end
local seconds = nj.clock() - start
local reached = judge()

local sample = {tokenizer:encode("\n")[1]:item()}
autograd.no_grad(function()
  for i = 1, 500 do
    local window = {table.unpack(sample, math.max(1, #sample - context + 1))}
    local scores = model(tensor({window}, {dtype = "int64"})):select(2, -1):flatten()
    sample[#sample + 1] = scores:softmax(1):multinomial(1):item()
  end
end)
print(tokenizer:decode(tensor(sample, {dtype = "int64"})))
print(string.format("validation loss %.4f after %d steps in %.0f s", reached, steps, seconds))
