const list = (words: string): readonly string[] => words.trim().split(/\s*,\s*/)

/** What product names are made of; the nouns and materials are also what visitors search for. */
export const ADJECTIVES = list('Small, Large, Light, Sturdy, Quiet, Bright, Folding, Classic, Slim, Warm')
export const MATERIALS = list('Oak, Steel, Linen, Cotton, Glass, Cork, Copper, Wool, Bamboo, Leather')
export const NOUNS = list(`
  Lamp, Chair, Table, Kettle, Blanket, Mug, Shelf, Clock, Basket, Mirror,
  Notebook, Backpack, Bottle, Pan, Knife, Cushion, Rug, Vase, Tray, Stool`)

export const CATEGORIES = list(`
  Kitchen, Living room, Bedroom, Bathroom, Office, Garden, Balcony, Hallway, Nursery, Workshop,
  Lighting, Seating, Tables, Storage, Textiles, Tableware, Cookware, Decoration, Stationery, Bags,
  Gifts, Travel, Camping, Picnic, Winter, Summer, Handmade, Recycled, Bestsellers, New,
  Sale, Small flats, For two, For families, For pets, Coffee, Tea, Baking, Reading, Sleeping`)

export const FIRST_NAMES = list('Ada, Ben, Chen, Dina, Emil, Fatou, Greta, Hugo, Ines, Jonas, Kofi, Lena')
export const LAST_NAMES = list('Adler, Brandt, Costa, Diallo, Engel, Fischer, Gruber, Haas, Ivanov, Jansen')
export const CITIES = list(
  'Lisbon, Vienna, Oslo, Porto, Ghent, Turin, Graz, Lyon, Bern, Kraków, Malmö, Zürich',
)

export const OPINIONS = [
  'Exactly what I was looking for.',
  'Good, though smaller than I thought.',
  'Arrived quickly and well packed.',
  'The colour differs a little from the picture.',
  'Would buy it again.',
  'Broke after two weeks.',
]
