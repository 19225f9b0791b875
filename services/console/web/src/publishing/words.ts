export const publishingWords = { zh: {}, en: {} };
