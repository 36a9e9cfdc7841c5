-- Numbers to English words, letter by letter: a transformer's encoder reads "4071", its decoder writes
-- "four thousand seventy-one".
tensor.manual_seed(1)

local small = {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
  "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"}
local tens = {"ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}

local function words(n)
  local function with(head, rest, joint) return rest == 0 and head or head .. joint .. words(rest) end
  if n < 20 then return small[n] end
  if n < 100 then return with(tens[n // 10], n % 10, "-") end
  if n < 1000 then return with(small[n // 100] .. " hundred", n % 100, " ") end
  return with(small[n // 1000] .. " thousand", n % 1000, " ")
end

-- Both sides share the tokens: "^" begins a translation, "$" ends it and fills up what is shorter.
local texts, longest = {}, 0
for n = 1, 9999 do texts[n] = words(n); longest = math.max(longest, #texts[n] + 1) end
local tokenizer = data.CharTokenizer("^$0123456789" .. table.concat(texts))
local function code(text, length) return tokenizer:encode(text .. ("$"):rep(length - #text)) end
local x, y = {}, {}
for n, text in ipairs(texts) do x[n], y[n] = code(tostring(n), 4), code("^" .. text, longest + 1) end
local train, test = data.TensorDataset(tensor.stack(x), tensor.stack(y)):split({0.9, 0.1}, {seed = 1})

local dim, heads = 64, 4
local Translator = nn.module("Translator")

function Translator:init()
  self.letters = nn.Embedding(#tokenizer, dim)
  self.positions = nn.PositionalEncoding(dim, {max_len = longest + 1, batch_first = true})
  local options = {dropout = 0, batch_first = true, norm_first = true}
  self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(dim, heads, 4 * dim, options), 2, nn.LayerNorm(dim))
  self.decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(dim, heads, 4 * dim, options), 2, nn.LayerNorm(dim))
  self.head = nn.Linear(dim, #tokenizer)
end

function Translator:encode(x) return self.encoder(self.positions(self.letters(x))) end

function Translator:decode(y, memory)
  return self.head(self.decoder(self.positions(self.letters(y)), memory, {tgt_is_causal = true}))
end

function Translator:forward(x, y) return self:decode(y, self:encode(x)) end

local model = Translator()
for _, p in ipairs(model.letters:parameters()) do nn.init.normal_(p, 0, 0.3) end
local epochs = 3
local loader = data.DataLoader(train, {batch_size = 64, shuffle = true})
local criterion = nn.CrossEntropyLoss()
local optimizer = optim.AdamW(model:parameters(), {lr = 2e-3})
local schedule = optim.lr_scheduler.WarmupCosine(optimizer, {warmup = 50, total = epochs * #loader, min_lr = 1e-5})
local start = nj.clock()
for epoch = 1, epochs do
  local total = 0
  for x, y in loader:iter() do
    optimizer:zero_grad()
    local scores = model(x, y:narrow(2, 1, longest))
    local loss = criterion(scores:flatten(1, 2), y:narrow(2, 2, longest):flatten())
    loss:backward()
    nn.utils.clip_grad_norm_(model:parameters(), 1)
    optimizer:step()
    schedule:step()
    total = total + loss:item()
  end
  print(string.format("epoch %d  loss %.4f  %.0f s", epoch, total / #loader, nj.clock() - start))
end
local seconds = nj.clock() - start

-- Greedy: the likeliest letter each time, given only what the decoder wrote before.
local function translate(x)
  local memory, y = model:encode(x), code(("^"):rep(x.shape[1]), x.shape[1]):reshape(-1, 1)
  for _ = 1, longest do
    y = tensor.cat({y, model:decode(y, memory):select(2, -1):argmax(2):reshape(-1, 1)}, 2)
  end
  local out = {}
  for i = 1, y.shape[1] do out[i] = tokenizer:decode(y[i]):match("^%^([^$]*)") end
  return out
end

model:eval()
autograd.no_grad(function()
  local right, shown = 0, 0
  for x in data.DataLoader(test, {batch_size = 500}):iter() do
    for i, text in ipairs(translate(x)) do
      local number = tonumber((tokenizer:decode(x[i]):gsub("%$", "")))
      if text == words(number) then right = right + 1 end
      if shown < 5 then shown = shown + 1; print(number, text) end
    end
  end
  print(string.format("%.1f %% of %d numbers never seen are translated without a mistake after %.0f s of training",
    100 * right / #test, #test, seconds))
end)
