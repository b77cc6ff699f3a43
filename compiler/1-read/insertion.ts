// What the front end adds to an author's file before it is bundled: marks, inserted and never printed anew.

/** A text to insert at an offset of the original text (UTF-16 units from 0). */
export interface Insertion {
  readonly position: number
  readonly text: string
}
