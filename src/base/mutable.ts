/** The same with every field open to change: what a value looks like while it is made. */
export type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
