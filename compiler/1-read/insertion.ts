// What the front end adds to an author's file before it is bundled: marks, inserted, while the rest of the text stays
// as it is.

/** A text to insert at an offset of the original text (UTF-16 units from 0). */
export interface Insertion {
  readonly position: number
  readonly text: string
}
