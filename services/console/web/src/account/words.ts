export const accountWords = { zh: {}, en: {} };
