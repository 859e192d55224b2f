use case_mock::mock::{MockServer, file};
use case_mock::operations::untagged::{GetThingResponse, PutThingBody};
use case_mock::types::{Missing, SendFilesBody, Thing};
use case_mock::{Error, ErrorBody, Upload};

/// Returns a thing with read-only properties, which only responses have.
fn thing() -> Thing {
    Thing::new("a").with_id("1").with_size(3)
}

#[tokio::test]
async fn each_variant_of_a_response_has_a_responder() {
    let mock = MockServer::start().await;
    let (client, expected) = (mock.client(), || mock.get_thing().once());
    expected().respond_ok_json(thing());
    expected().respond_ok_text("a,b");
    expected().respond_ok_file(file("a.png", "PNG"));
    expected().respond_ok_file(file("a.gif", "GIF").media_type("image/gif"));
    expected().respond_accepted([thing()]);
    expected().respond_no_content();
    expected().respond_success([thing(), thing()]);
    let get = || async { client.get_thing("1").response().await.unwrap() };
    assert!(matches!(get().await.body, GetThingResponse::OkJson(one) if one == thing()));
    assert!(matches!(get().await.body, GetThingResponse::OkText(text) if text == "a,b"));
    assert!(matches!(get().await.body, GetThingResponse::OkFile(_)));
    let picture = get().await;
    assert_eq!(picture.headers["content-type"], "image/gif");
    let GetThingResponse::OkFile(picture) = picture.body else { panic!("no file") };
    assert_eq!(picture.file_name().as_deref(), Some("a.gif"));
    let GetThingResponse::Accepted(mut events) = get().await.body else { panic!("no events") };
    assert_eq!(events.next().await.unwrap().unwrap().data, thing());
    let nothing = get().await;
    assert_eq!(nothing.status, 204);
    assert!(matches!(nothing.body, GetThingResponse::NoContent));
    let part = get().await;
    assert_eq!(part.status, 201);
    let GetThingResponse::Success(mut values) = part.body else { panic!("no lines") };
    assert_eq!(values.next().await.unwrap().unwrap(), thing());
    assert_eq!(values.next().await.unwrap().unwrap(), thing());
    mock.verify();
}

#[tokio::test]
async fn errors_have_the_types_of_their_statuses() {
    let mock = MockServer::start().await;
    let missing = Missing::new("1").with_since("2024-07-01T00:00:00Z");
    mock.get_thing().once().respond_404(&missing);
    mock.get_thing().once().respond_4xx(409, &missing);
    mock.get_thing().once().respond_error(505, vec!["broken".to_owned()]);
    // Not 500: the client would retry, and the mock expects one request.
    for status in [404, 409, 505] {
        let Err(Error::Api(error)) = mock.client().get_thing("1").await else { panic!("{status}") };
        assert_eq!(error.status(), status);
        match error.body() {
            ErrorBody::Missing(body) => assert!(status < 500 && *body == missing),
            ErrorBody::StringList(body) => assert!(status == 505 && *body == ["broken"]),
            other => panic!("{other:?}"),
        }
    }
    mock.verify();
}

#[tokio::test]
async fn parameters_of_all_locations_are_compared() {
    let mock = MockServer::start().await;
    let client = mock.client();
    let filter = Thing::new("b c");
    let call = |ids: &[i64], trace: &str, session: &str| {
        client.get_thing("1").ids(ids).filter(&filter).x_trace(trace).session(session)
    };
    let expected = mock.get_thing().id("1").ids(&[1, 2]).filter(&filter);
    expected.x_trace("t").session("s").respond_no_content();
    mock.get_thing().any_times().respond_404(Missing::new("1"));
    call(&[1, 2], "t", "s").await.unwrap();
    for other in [call(&[2, 1], "t", "s"), call(&[1, 2], "u", "s"), call(&[1, 2], "t", "u")] {
        assert_eq!(other.await.unwrap_err().status().unwrap(), 404);
    }
    mock.verify();
}

#[tokio::test]
async fn bodies_of_all_media_types_are_compared() {
    let mock = MockServer::start().await;
    let client = mock.client();
    let form = |title| SendFilesBody::new(title, "content");
    mock.put_thing().expect(&Thing::new("a")).respond_ok();
    mock.put_thing().expect(PutThingBody::Text("a")).respond_ok();
    mock.put_thing().expect(PutThingBody::Bytes(Upload::from("a"))).respond_ok();
    mock.send_files().expect(form("a")).respond_ok("got it");
    mock.send_thing().expect(&Thing::new("a b")).respond_ok(thing());
    mock.send_thing().any_times().respond_status(400);
    client.put_thing("1", &Thing::new("a")).await.unwrap();
    client.put_thing("1", PutThingBody::Text("a")).await.unwrap();
    client.put_thing("1", PutThingBody::Bytes(Upload::from("a"))).await.unwrap();
    assert_eq!(client.send_files(form("a")).await.unwrap(), "got it");
    assert_eq!(client.send_thing().thing(&Thing::new("a b")).await.unwrap(), thing());
    client.send_thing().thing(&Thing::new("a c")).await.unwrap_err();
    client.send_thing().await.unwrap_err();
    mock.verify();
}

#[tokio::test]
async fn text_events_are_sent() {
    let mock = MockServer::start().await;
    mock.watch().respond_ok(["one\ntwo"]);
    let mut events = mock.client().watch().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().data, "one\ntwo");
    mock.verify();
}

#[tokio::test]
async fn names_reserved_by_the_mock_get_a_suffix() {
    let mock = MockServer::start().await;
    let expected = mock.start_operation().times_parameter(2).expect_parameter("a");
    expected
        .to_parameter("b")
        .respond_404_2("c")
        .respond_4xx_2("e")
        .r#type("d")
        .respond_404(Missing::new("1"));
    let call = mock
        .client()
        .start()
        .times(2)
        .expect("a")
        .to("b")
        .respond_404("c")
        .respond_4xx("e")
        .r#type("d");
    assert_eq!(call.await.unwrap_err().status().unwrap(), 404);
    mock.verify();
}
