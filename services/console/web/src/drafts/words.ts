export const draftsWords = { zh: {}, en: {} };
