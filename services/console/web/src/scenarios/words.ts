export const scenariosWords = { zh: {}, en: {} };
