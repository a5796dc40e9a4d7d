/** How a table is known for Baton's: a comment, as nft keeps it (type 0, length, text, NUL). */
export const ownComment = Uint8Array.from([0, 14, ...new TextEncoder().encode('made by baton'), 0]);
