//! What a request asks for beside its path: the query as a value, mistakes told in words.

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::Failure;

/// The query, read.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked<T>, Failure> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(query)) => Ok(Asked(query)),
            Err(QueryRejection::FailedToDeserializeQueryString(error)) => Err(Failure::BadQuery(
                format!("the query was not understood: {}", error.body_text()),
            )),
            Err(other) => Err(Failure::BadQuery(other.to_string())),
        }
    }
}

/// A field of a form that was left empty asks for nothing.
pub(crate) fn given(field: Option<&str>) -> Option<&str> {
    field.map(str::trim).filter(|text| !text.is_empty())
}
