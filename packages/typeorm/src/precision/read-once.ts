const maxTexts = 1000

/** Reads the texts of shapes, each once: nearly all answers are of a few. */
export function shapeReader<Shape>(): (text: string) => Shape {
  const shapes = new Map<string, Shape>()
  return (text) => {
    let shape = shapes.get(text)
    if (shape === undefined) {
      if (shapes.size === maxTexts) shapes.clear()
      shapes.set(text, (shape = JSON.parse(text) as Shape))
    }
    return shape
  }
}

const maxRecent = 16

/** An answer is held against many changes, one after another: what is read of it is read for the first of them. */
export function recently<Kept extends object, Read>(read: (kept: Kept) => Read): (kept: Kept) => Read {
  const recent = new Map<Kept, Read>()
  return (kept) => {
    let known = recent.get(kept)
    if (known === undefined) {
      if (recent.size === maxRecent) recent.clear()
      recent.set(kept, (known = read(kept)))
    }
    return known
  }
}
